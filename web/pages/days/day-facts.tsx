/** What became of a day that has ended: who ended it, what was paid, its mails and its head. */
import { useGet } from '../../api/queries.ts';
import { useUser } from '../../frame/user.tsx';
import { Card } from '../../kit/card.tsx';
import { hrefOf } from '../../kit/link.tsx';
import { Amount, Short, Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import type { BusinessDay } from './business-day.ts';

type Facts = Omit<BusinessDay, 'currency'>;

/** As the server names the schedule. */
const SCHEDULE = 'service:accounting';
const MAILS_POLL_MS = 5_000;
const MAX_COUNTED = 200;

/** Who or what ended the day. */
export function useEnder({ endedBy }: Pick<Facts, 'endedBy'>): string {
  const { t } = useText();
  if (endedBy === null) return '';
  return endedBy.id === SCHEDULE ? t.days.bySchedule : t.days.by(endedBy.name ?? endedBy.id);
}

/** The mails about the payouts of a closed day, for admins. */
export function useMails({ payouts, endedAt, closedAt }: Facts) {
  const { t, f } = useText();
  const user = useUser();
  const enabled = user.is('admin') && payouts > 0 && endedAt !== null && closedAt !== null;
  const range = { template: 'payout', limit: MAX_COUNTED, from: endedAt ?? '', to: closedAt ?? '' };
  const query = (status: 'queued' | 'failed') => ({ query: { ...range, status } });
  const failed = useGet('/mails', query('failed'), { enabled });
  const queued = useGet('/mails', query('queued'), {
    enabled,
    pollMs: (last) => last !== undefined && last.items.length > 0 && MAILS_POLL_MS,
  });
  if (failed.data === undefined || queued.data === undefined) return undefined;
  const countOf = ({ items, nextCursor }: { items: readonly unknown[]; nextCursor: string | null }) =>
    f.capped({ count: items.length, capped: nextCursor !== null });
  const parts = [
    ...(failed.data.items.length > 0 ? [t.days.mailsFailed(countOf(failed.data))] : []),
    ...(queued.data.items.length > 0 ? [t.days.mailsQueued(countOf(queued.data))] : []),
  ];
  return {
    text: parts.length === 0 ? t.days.mailsAll : parts.join(', '),
    hasFailed: failed.data.items.length > 0,
    href: hrefOf('/mails', { template: 'payout', from: range.from, to: range.to }),
  };
}

interface Props {
  readonly day: Facts;
  readonly title: string;
  readonly href?: string;
}

export function DayFacts({ day, title, href }: Props) {
  const { t, f } = useText();
  const ender = useEnder(day);
  const mails = useMails(day);
  const { status, payouts, totalPaid, carriedOver, endedAt, head } = day;
  return (
    <Card
      title={title}
      actions={<span class={`dot ${status === 'closed' ? 'ok' : 'run'}`}>{t.days.status[status]}</span>}
    >
      <dl class="kv">
        <dt>{t.days.payouts}</dt>
        <dd>
          {href === undefined ? (
            f.count(payouts)
          ) : (
            <a class="ul" href={href}>
              {f.count(payouts)}
            </a>
          )}{' '}
          · {f.amount(totalPaid)}
        </dd>
        {carriedOver > 0 && (
          <>
            <dt>{t.days.debts}</dt>
            <dd>
              <Amount of={-carriedOver} />
            </dd>
          </>
        )}
        <dt>{t.days.endedBy}</dt>
        <dd>
          {ender}, <Time at={endedAt} />
        </dd>
        {mails !== undefined && (
          <>
            <dt>{t.days.mails}</dt>
            <dd>
              <a class={mails.hasFailed ? 'neg ul' : 'ul'} href={mails.href}>
                {mails.text}
              </a>
            </dd>
          </>
        )}
        {head !== null && (
          <>
            <dt>{t.days.headLabel}</dt>
            <dd>
              <Short of={head} />
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}
