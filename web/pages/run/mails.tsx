/** The mails of the system: which wait, which were sent, which failed and why. */
import { useState } from 'preact/hooks';
import type { Answer } from '#client';
import { writer } from '../../api/client.ts';
import { useCommand, useGet, useRefresh } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import {
  ChoiceFilter,
  DayFilter,
  Filters,
  isFiltered,
  NothingMatches,
  TextFilter,
} from '../../kit/filter.tsx';
import { Confirm, Dialog } from '../../kit/form.tsx';
import { DAY_FORM, ID_FORM, Pager, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

type Mail = Answer<'/mails/{id}', 'get'>;

const PAGE = 50;
const POLL_MS = 5_000;
const TONES = { queued: 'run', sent: 'ok', failed: 'bad' } as const;
const FORMS = {
  status: /^(queued|sent|failed)$/,
  template: /./,
  recipient: /./,
  reference: /^(payout|request|digest)\/[0-9a-f:-]+$/i,
  from: DAY_FORM,
  to: DAY_FORM,
  mail: ID_FORM,
};
const FILTERS = ['status', 'template', 'recipient', 'reference', 'from', 'to'];

export default function Mails() {
  const { t } = useText();
  const url = useUrl(FORMS);
  const { mail: open, status, ...filter } = url.query;
  const query = { ...filter, ...(status !== undefined && { status: status as 'queued' }), limit: PAGE };
  const mails = useGet('/mails', { query }, { pollMs: POLL_MS });
  return (
    <>
      <Head title={t.pages.mails} />
      <WrongUrl url={url} />
      <Filters url={url} names={FILTERS}>
        <ChoiceFilter
          url={url}
          name="status"
          label={t.users.state}
          choices={t.mails.states}
          all={t.filter.all}
        />
        <ChoiceFilter
          url={url}
          name="template"
          label={t.mails.template}
          choices={t.mails.templates}
          all={t.filter.all}
        />
        <TextFilter url={url} name="recipient" label={t.mails.recipient} />
        <DayFilter url={url} name="from" label={t.filter.from} />
        <DayFilter url={url} name="to" label={t.filter.before} />
      </Filters>
      <section class="card" aria-label={t.pages.mails}>
        <Block
          query={mails}
          height={340}
          empty={({ items }) => {
            if (items.length > 0) return undefined;
            return isFiltered(url, FILTERS) ? (
              <NothingMatches url={url} names={FILTERS} />
            ) : (
              <Empty>{t.mails.none}</Empty>
            );
          }}
        >
          {({ items, nextCursor }) => (
            <>
              <table class="stack">
                <caption class="hidden">{t.pages.mails}</caption>
                <thead>
                  <tr>
                    <th>{t.mails.subject}</th>
                    <th>{t.mails.recipient}</th>
                    <th>{t.users.state}</th>
                    <th>{t.mails.requested}</th>
                    <th>{t.mails.sent}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((mail) => (
                    <tr key={mail.id}>
                      <td class="t l1">
                        <a href={url.with({ mail: mail.id, cursor: url.query.cursor })} data-row>
                          {mail.subject}
                        </a>
                        {mail.reason !== null && <span class="d full">{mail.reason}</span>}
                      </td>
                      <td class="l2">{mail.recipient}</td>
                      <td class="r1">
                        <span class={`dot ${TONES[mail.status]}`}>{t.mails.states[mail.status]}</span>
                      </td>
                      <td class="hide">
                        <Time at={mail.requestedAt} />
                      </td>
                      <td class="r2">
                        <Time at={mail.sentAt} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <Pager url={url} nextCursor={nextCursor}>
                {t.mails.shown(items.length)}
              </Pager>
            </>
          )}
        </Block>
      </section>
      {open !== undefined && (
        <OneMail id={open} onClose={() => url.set({ mail: undefined, cursor: url.query.cursor })} />
      )}
    </>
  );
}

function OneMail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t, f } = useText();
  const [isAsking, ask] = useState(false);
  const query = useGet('/mails/{id}', { path: { id } }, { pollMs: POLL_MS });
  if (isAsking && query.data !== undefined) return <Resend mail={query.data} onClose={() => ask(false)} />;
  return (
    <Dialog title={query.data?.subject ?? t.mails.title} onClose={onClose}>
      <Block query={query} height={280}>
        {(mail) => (
          <>
            <dl class="kv text">
              <dt>{t.users.state}</dt>
              <dd>
                <span class={`dot ${TONES[mail.status]}`}>{t.mails.states[mail.status]}</span>
              </dd>
              {mail.reason !== null && (
                <>
                  <dt>{t.mails.reason}</dt>
                  <dd>{mail.reason}</dd>
                </>
              )}
              <dt>{t.mails.recipient}</dt>
              <dd>{mail.recipient}</dd>
              <dt>{t.mails.template}</dt>
              <dd>{t.mails.templates[mail.template ?? ''] ?? mail.template ?? f.count(null)}</dd>
              <dt>{t.mails.requested}</dt>
              <dd>
                <Time at={mail.requestedAt} form="full" />
              </dd>
              <dt>{t.mails.sent}</dt>
              <dd>
                <Time at={mail.sentAt} form="full" />
              </dd>
              <dt>{t.letters.attempts}</dt>
              <dd>{f.count(mail.attempts)}</dd>
              {mail.nextAttemptAt !== null && (
                <>
                  <dt>{t.mails.next}</dt>
                  <dd>
                    <Time at={mail.nextAttemptAt} form="full" />
                  </dd>
                </>
              )}
            </dl>
            {mail.text === null ? (
              <p class="mut">{mail.status === 'sent' ? t.mails.deleted : t.mails.noText}</p>
            ) : (
              <pre class="data">{mail.text}</pre>
            )}
            <div class="actions">
              {mail.status === 'failed' && mail.text !== null && (
                <button class="btn p" type="button" onClick={() => ask(true)}>
                  {t.mails.resend}…
                </button>
              )}
              <button class="btn" type="button" onClick={onClose}>
                {t.command.close}
              </button>
            </div>
          </>
        )}
      </Block>
      {query.data === undefined && (
        <div class="actions">
          <button class="btn" type="button" onClick={onClose}>
            {t.command.close}
          </button>
        </div>
      )}
    </Dialog>
  );
}

function Resend({ mail, onClose }: { mail: Mail; onClose: () => void }) {
  const { t } = useText();
  const refresh = useRefresh();
  const { state, run } = useCommand(async (_: undefined, key) => {
    await writer.post('/mails/{id}/resend', {
      params: { path: { id: mail.id }, header: { 'Idempotency-Key': key } },
    });
    refresh('/mails', '/mails/{id}');
    onClose();
  });
  return (
    <Confirm
      title={t.mails.resendTitle}
      verb={t.mails.resend}
      state={state}
      onClose={onClose}
      onConfirm={() => void run(undefined)}
    >
      <p>
        <b>{mail.subject}</b>
      </p>
      <p>{t.mails.resendWhat(mail.recipient)}</p>
      {mail.reason !== null && <p class="mut">{mail.reason}</p>}
    </Confirm>
  );
}
