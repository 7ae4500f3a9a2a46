/** The most expensive task of each day, week or month. */
import { useGet } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Csv } from '../../kit/csv.tsx';
import { DayFilter, Filters, isFiltered, NothingMatches } from '../../kit/filter.tsx';
import { DAY_FORM, Pager, Tab, Tabs, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Amount, Day } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

const PERIODS = ['day', 'week', 'month'] as const;
type Period = (typeof PERIODS)[number];
const FORMS = { by: /^(day|week|month)$/, from: DAY_FORM, to: DAY_FORM };
const FILTERS = ['from', 'to'];
const PAGE = 50;

export default function TopTasks() {
  const { t, f } = useText();
  const url = useUrl(FORMS);
  const { cursor, ...filter } = url.query;
  const by = (filter.by ?? 'day') as Period;
  const query = { ...filter, by };
  const top = useGet('/analytics/top-tasks', {
    query: { ...query, limit: PAGE, ...(cursor !== undefined && { cursor }) },
  });
  return (
    <>
      <Head
        title={t.pages.topTasks}
        actions={<Csv path="/analytics/top-tasks" query={query} name={`top-tasks-${by}`} />}
      />
      <WrongUrl url={url} />
      <Tabs label={t.top.period}>
        {PERIODS.map((each) => (
          <Tab key={each} href={url.with({ by: each === 'day' ? undefined : each })} isCurrent={each === by}>
            {t.top.by[each]}
          </Tab>
        ))}
      </Tabs>
      <Filters url={url} names={FILTERS}>
        <DayFilter url={url} name="from" label={t.filter.from} />
        <DayFilter url={url} name="to" label={t.filter.to} />
        {!isFiltered(url, FILTERS) && <span class="mut">{t.top.last30}</span>}
      </Filters>
      <section class="card" aria-label={t.pages.topTasks}>
        <Block
          query={top}
          height={340}
          empty={({ items }) => {
            if (items.length > 0) return undefined;
            return isFiltered(url, FILTERS) ? (
              <NothingMatches url={url} names={FILTERS} />
            ) : (
              <Empty>{t.top.none}</Empty>
            );
          }}
        >
          {({ items, nextCursor, currency }) => (
            <>
              <table class="stack">
                <caption class="hidden">{t.pages.topTasks}</caption>
                <thead>
                  <tr>
                    <th>{t.top.period}</th>
                    <th>{t.frame.task}</th>
                    <th class="n">
                      {t.today.reward}, {currency}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(({ from, to, task }) => (
                    <tr key={from}>
                      <td class="nowrap l2">
                        <Day day={from} />
                        {from !== to && (
                          <>
                            {' – '}
                            <Day day={to} />
                          </>
                        )}
                      </td>
                      <td class="t l1">
                        {task === null ? (
                          <span class="mut">{t.top.noTask}</span>
                        ) : (
                          <>
                            <a href={`/tasks/${task.id}`} data-row>
                              {task.title}
                            </a>{' '}
                            {task.externalId !== null && <span class="mono">{task.externalId}</span>}
                          </>
                        )}
                      </td>
                      <td class="n r1">{task === null ? f.amount(null) : <Amount of={task.reward} />}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <Pager url={url} nextCursor={nextCursor}>
                {t.top.hint}
              </Pager>
            </>
          )}
        </Block>
      </section>
    </>
  );
}
