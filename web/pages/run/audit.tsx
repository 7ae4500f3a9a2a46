/** Everything that happened: when, who, from where, what, and what it changed. */

import type { Item } from '#client';
import { useGet } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Csv } from '../../kit/csv.tsx';
import { DayFilter, Filters, isFiltered, NothingMatches, TextFilter } from '../../kit/filter.tsx';
import { DAY_FORM, Pager, type UrlState, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { differencesOf } from './differences.ts';

type Entry = Item<'/audit'>;

const PAGE = 50;
/** Entries arrive about a second after what caused them. */
const POLL_MS = 5_000;
const FORMS = {
  type: /./,
  service: /./,
  actor: /./,
  subject: /./,
  correlation: /./,
  from: DAY_FORM,
  to: DAY_FORM,
};
const FILTERS = Object.keys(FORMS);

export default function Audit() {
  const { t } = useText();
  const url = useUrl(FORMS);
  const { cursor, ...query } = url.query;
  const entries = useGet(
    '/audit',
    { query: { ...query, limit: PAGE, ...(cursor !== undefined && { cursor }) } },
    { pollMs: cursor === undefined && POLL_MS },
  );
  return (
    <>
      <Head title={t.pages.audit} actions={<Csv path="/audit" query={query} name="audit" />} />
      <WrongUrl url={url} />
      <Filters url={url} names={FILTERS}>
        <TextFilter url={url} name="type" label={t.letters.type} />
        <TextFilter url={url} name="actor" label={t.audit.actor} />
        <TextFilter url={url} name="subject" label={t.audit.subject} />
        <TextFilter url={url} name="correlation" label={t.audit.request} />
        <DayFilter url={url} name="from" label={t.filter.from} />
        <DayFilter url={url} name="to" label={t.filter.before} />
      </Filters>
      <section class="card" aria-label={t.pages.audit}>
        <Block
          query={entries}
          height={340}
          empty={({ items }) => {
            if (items.length > 0) return undefined;
            return isFiltered(url, FILTERS) ? (
              <NothingMatches url={url} names={FILTERS} />
            ) : (
              <Empty>{t.audit.none}</Empty>
            );
          }}
        >
          {({ items, nextCursor }) => (
            <>
              <table class="stack">
                <caption class="hidden">{t.pages.audit}</caption>
                <thead>
                  <tr>
                    <th>{t.audit.when}</th>
                    <th>{t.audit.who}</th>
                    <th>{t.audit.what}</th>
                    <th>{t.audit.changed}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((entry) => (
                    <Row key={entry.id} entry={entry} url={url} />
                  ))}
                </tbody>
              </table>
              <Pager url={url} nextCursor={nextCursor}>
                {t.audit.shown(items.length)}
              </Pager>
            </>
          )}
        </Block>
      </section>
    </>
  );
}

function Row({ entry, url }: { entry: Entry; url: UrlState }) {
  const { t } = useText();
  const { type, subject, actor, actorName, address, at, correlationId, before, after, data } = entry;
  const differences = differencesOf(before, after);
  return (
    <tr>
      <td class="r1 nowrap">
        <Time at={at} form="second" />
      </td>
      <td class="l2">
        <a href={url.with({ actor })}>{actorName ?? actor}</a>
        <span class="d">{address}</span>
      </td>
      <td class="t l1">
        <a href={url.with({ correlation: correlationId })} title={t.audit.sameRequest} data-row>
          {type}
        </a>
        <span class="d">
          <a class="mono" href={url.with({ subject })} title={t.audit.sameSubject}>
            {subject}
          </a>
        </span>
      </td>
      <td class="both">
        {before !== null &&
          differences.map(({ field, before: old, after: now }) => (
            <div key={field}>
              <span class="mut">{field}</span> {old ?? '–'} → <b>{now ?? '–'}</b>
            </div>
          ))}
        <details>
          <summary>{t.audit.details}</summary>
          <pre class="data">{JSON.stringify(after ?? data, null, 2)}</pre>
          <p class="mut mono">{t.block.request(correlationId)}</p>
        </details>
      </td>
    </tr>
  );
}
