/** The lines that were booked on a day, of all employees. */
import { useRoute } from 'preact-iso';
import { useGet } from '../../api/queries.ts';
import { Gone } from '../../frame/gone.tsx';
import { Head } from '../../frame/head.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Csv } from '../../kit/csv.tsx';
import { ChoiceFilter, Filters, isFiltered, NothingMatches } from '../../kit/filter.tsx';
import { DAY_FORM, ID_FORM, Pager, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Change, Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

const FORMS = { kind: /./, userId: ID_FORM };
const FILTERS = ['kind', 'userId'];
const PAGE = 50;
const POLL_MS = 10_000;

export default function Operations() {
  const { t, f } = useText();
  const { day = '' } = useRoute().params;
  const url = useUrl(FORMS);
  const { cursor, ...query } = url.query;
  const isDay = DAY_FORM.test(day) && !Number.isNaN(Date.parse(day));
  const lines = useGet(
    '/analytics/days/{day}/operations',
    { path: { day }, query: { ...query, limit: PAGE, ...(cursor !== undefined && { cursor }) } },
    { pollMs: POLL_MS, enabled: isDay },
  );
  if (!isDay) return <Gone />;
  const path = `/analytics/days/${day}/operations`;
  return (
    <>
      <Head
        title={t.operations.title(f.day(day))}
        note={<a href={`/days/${day}`}>{t.frame.day}</a>}
        actions={<Csv path={path} query={query} name={`operations-${day}`} />}
      />
      <WrongUrl url={url} />
      <Filters url={url} names={FILTERS}>
        <ChoiceFilter url={url} name="kind" label={t.operations.kind} choices={t.kinds} all={t.filter.all} />
      </Filters>
      <section class="card" aria-label={t.pages.operations}>
        <Block
          query={lines}
          height={340}
          empty={({ items }) => {
            if (items.length > 0) return undefined;
            return isFiltered(url, FILTERS) ? (
              <NothingMatches url={url} names={FILTERS} />
            ) : (
              <Empty>{t.operations.none}</Empty>
            );
          }}
        >
          {({ items, nextCursor, currency }) => (
            <>
              <table class="stack">
                <caption class="hidden">{t.pages.operations}</caption>
                <thead>
                  <tr>
                    <th>{t.frame.person}</th>
                    <th>{t.operations.kind}</th>
                    <th class="n">
                      {t.operations.amount}, {currency}
                    </th>
                    <th>{t.frame.task}</th>
                    <th>{t.operations.booked}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(({ id, employee, kind, amount, reference, note, postedAt }) => (
                    <tr key={id}>
                      <td class="t l1">
                        <a href={url.with({ userId: employee.id })} data-row title={t.operations.only}>
                          {employee.name}
                        </a>
                      </td>
                      <td class="hide">{t.kinds[kind] ?? kind}</td>
                      <td class="n r1">
                        <Change of={amount} />
                      </td>
                      <td class="l2">
                        {reference?.type === 'task' ? (
                          <a href={`/tasks/${reference.id}`}>{reference.title}</a>
                        ) : (
                          (note ?? reference?.title ?? <span class="phone">{t.kinds[kind] ?? kind}</span>)
                        )}
                      </td>
                      <td class="r2">
                        <Time at={postedAt} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <Pager url={url} nextCursor={nextCursor}>
                {t.operations.shown(items.length)}
              </Pager>
            </>
          )}
        </Block>
      </section>
    </>
  );
}
