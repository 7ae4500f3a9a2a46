/** The steps of the close of a day, and how far it is. */
import { useGet } from '../../api/queries.ts';
import { useUser } from '../../frame/user.tsx';
import { Icon } from '../../kit/icon.tsx';
import { Short } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import type { BusinessDay, Rehearsal } from './business-day.ts';
import { useEnder, useMails } from './day-facts.tsx';

const SEAL_POLL_MS = 5_000;

/** The index of the step that is due; the number of steps once all are done. */
function stepNow({ status, toPay }: BusinessDay, rehearsal: Rehearsal | undefined): number {
  switch (status) {
    case 'open':
      return rehearsal === undefined ? 0 : 1;
    case 'closing':
      return toPay > 0 ? 2 : 3;
    case 'closed':
      return 5;
  }
}

export function Steps({ day, rehearsal }: { day: BusinessDay; rehearsal: Rehearsal | undefined }) {
  const { t, f } = useText();
  const user = useUser();
  const { status, payouts, toPay, endedAt, head, block } = day;
  const isOpen = status === 'open';
  const seal = useGet('/accounting/seal', {}, { pollMs: SEAL_POLL_MS, enabled: isOpen });
  const ender = useEnder(day);
  const mails = useMails(day);
  const now = stepNow(day, rehearsal);
  const unsealed = seal.data?.unsealed;
  const steps = [
    {
      title: rehearsal === undefined ? t.days.rehearse : t.days.rehearsed,
      text:
        rehearsal !== undefined
          ? t.days.rehearsedAt(f.clock(rehearsal.at))
          : isOpen
            ? t.days.rehearseWhat
            : t.days.over,
    },
    isOpen
      ? { title: t.days.confirm, text: rehearsal === undefined ? t.days.confirmFirst : t.days.waits }
      : { title: t.days.ended, text: `${ender}, ${f.moment(endedAt)}` },
    { title: t.days.payouts, text: t.days.paidOf(f.count(payouts), f.count(payouts + toPay)) },
    {
      title: t.days.seal,
      text:
        block !== null
          ? t.days.block(f.count(block))
          : !isOpen
            ? t.days.sealing
            : unsealed === undefined
              ? ''
              : unsealed === 0
                ? t.days.allSealed
                : t.days.unsealed(unsealed),
    },
    {
      title: head === null ? t.days.headNot : t.days.head,
      text:
        head === null ? (
          t.days.mailsFollow
        ) : (
          <>
            <Short of={head} />
            {user.is('admin') && payouts > 0 && mails !== undefined && ` · ${t.days.mails}: ${mails.text}`}
          </>
        ),
    },
  ];
  return (
    <section class="card" aria-label={t.days.steps}>
      <ol class="steps">
        {steps.map(({ title, text }, index) => (
          <li
            key={title}
            class={index < now ? 'done' : index === now ? 'now' : undefined}
            aria-current={index === now ? 'step' : undefined}
          >
            <b>
              {index < now && <Icon name="check" />} {title}
            </b>
            {text}
          </li>
        ))}
      </ol>
    </section>
  );
}
