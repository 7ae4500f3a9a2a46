/** Events and items that could not be processed: their causes first, then each one. */
import { useEffect } from 'preact/hooks';
import { useGet, useRefresh } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { ChoiceFilter, Filters, isFiltered, NothingMatches, TextFilter } from '../../kit/filter.tsx';
import { ID_FORM, Pager, type UrlState, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { Causes } from './causes.tsx';
import { Letter } from './letter.tsx';

const PAGE = 50;
const POLL_MS = 10_000;
/** How often a running job is asked for, in milliseconds. */
const JOB_POLL_MS = 1_000;
const FORMS = {
  status: /^(open|redriven|discarded)$/,
  service: /./,
  consumer: /./,
  type: /./,
  code: /./,
  letter: ID_FORM,
  job: ID_FORM,
};
const FILTERS = ['status', 'service', 'consumer', 'type', 'code'];

export default function DeadLetters() {
  const { t } = useText();
  const url = useUrl(FORMS);
  const { letter, job } = url.query;
  return (
    <>
      <Head title={t.pages.deadLetters} />
      <WrongUrl url={url} />
      {job !== undefined && <Job id={job} url={url} />}
      <Card title={t.system.causes}>
        <Causes />
      </Card>
      <Filters url={url} names={FILTERS}>
        <ChoiceFilter
          url={url}
          name="status"
          label={t.users.state}
          choices={{ redriven: t.letters.states.redriven, discarded: t.letters.states.discarded }}
          all={t.letters.states.open}
        />
        <TextFilter url={url} name="consumer" label={t.letters.consumer} />
        <TextFilter url={url} name="type" label={t.letters.type} />
        <TextFilter url={url} name="code" label={t.letters.code} />
      </Filters>
      <Letters url={url} />
      {letter !== undefined && (
        <Letter id={letter} onClose={() => url.set({ letter: undefined, cursor: url.query.cursor })} />
      )}
    </>
  );
}

function Letters({ url }: { url: UrlState }) {
  const { t } = useText();
  const { letter: _letter, job: _job, status, ...filter } = url.query;
  const query = { ...filter, ...(status !== undefined && { status: status as 'open' }), limit: PAGE };
  const letters = useGet('/dead-letters', { query }, { pollMs: POLL_MS });
  return (
    <section class="card" aria-label={t.pages.deadLetters}>
      <Block
        query={letters}
        height={200}
        empty={({ items }) => {
          if (items.length > 0) return undefined;
          return isFiltered(url, FILTERS) ? (
            <NothingMatches url={url} names={FILTERS} />
          ) : (
            <Empty>{t.letters.none}</Empty>
          );
        }}
      >
        {({ items, nextCursor }) => (
          <>
            <table class="stack">
              <caption class="hidden">{t.pages.deadLetters}</caption>
              <thead>
                <tr>
                  <th>{t.letters.what}</th>
                  <th>{t.letters.consumer}</th>
                  <th>{t.letters.why}</th>
                  <th class="n">{t.letters.attempts}</th>
                  <th>{t.letters.at}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((item) => (
                  <tr key={item.id}>
                    <td class="t l1">
                      <a href={url.with({ letter: item.id, cursor: url.query.cursor })} data-row>
                        {item.subject ?? item.type ?? t.letters.unreadable}
                      </a>
                      {item.subject !== null && <span class="d mono">{item.type}</span>}
                    </td>
                    <td class="hide">{item.consumer}</td>
                    <td class="l2">
                      <span class="mono neg">{item.code}</span>
                      <span class="d">{item.message}</span>
                    </td>
                    <td class="n hide">{item.attempts}</td>
                    <td class="r1">
                      <Time at={item.at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <Pager url={url} nextCursor={nextCursor}>
              {t.letters.shown(items.length)}
            </Pager>
          </>
        )}
      </Block>
    </section>
  );
}

/** How far a job is. It is in the address, so that a reload goes on with it. */
function Job({ id, url }: { id: string; url: UrlState }) {
  const { t, f } = useText();
  const refresh = useRefresh();
  const first = useGet('/dead-letters/jobs/{id}', { path: { id } });
  const isRunning = first.data === undefined || first.data.status === 'running';
  const job = useGet(
    '/dead-letters/jobs/{id}',
    { path: { id } },
    { pollMs: isRunning ? JOB_POLL_MS : false },
  );
  const status = job.data?.status;
  useEffect(() => {
    if (status === 'completed' || status === 'stopped') refresh('/dead-letters', '/dead-letters/causes');
  }, [status]);
  return (
    <section class="card" aria-label={t.letters.job}>
      <Block query={job} height={74}>
        {({ status: is, total, done, failed }) => (
          <div class="job">
            <span class={`dot ${is === 'running' ? 'run' : is === 'stopped' || failed > 0 ? 'bad' : 'ok'}`}>
              <b>{t.letters.jobStates[is]}</b>
            </span>
            <span class="sub">
              {t.letters.jobDone(f.count(done), f.count(total))}
              {failed > 0 && <span class="neg"> · {t.letters.jobFailed(f.count(failed))}</span>}
            </span>
            {is === 'running' ? <span /> : <a href={url.with({ job: undefined })}>{t.command.close}</a>}
            <progress value={done + failed} max={Math.max(1, total)} aria-label={t.letters.job} />
          </div>
        )}
      </Block>
    </section>
  );
}
