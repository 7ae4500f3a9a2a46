/** What the company earned and paid by day; for admins also average prices and debtors. */
import { useGet } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { useUser } from '../../frame/user.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { DayChart } from '../../kit/chart.tsx';
import { Csv } from '../../kit/csv.tsx';
import { DayFilter, Filters, isFiltered, NothingMatches } from '../../kit/filter.tsx';
import { DAY_FORM, Pager, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Change } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

const FORMS = { from: DAY_FORM, to: DAY_FORM } as const;
const NAMES = Object.keys(FORMS);
const PAGE = 31;
const POLL_MS = 15_000;

export default function Company() {
  const { t, f } = useText();
  const user = useUser();
  const url = useUrl(FORMS);
  const { from, to, cursor } = url.query;
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const company = useGet(
    '/accounting/company',
    { query: { limit: PAGE, ...range, ...(cursor === undefined ? {} : { cursor }) } },
    { pollMs: POLL_MS },
  );
  const seesFigures = user.is('admin');
  // The figures of the same days: their pages have other cursors.
  const [newest, oldest] = [company.data?.items[0]?.businessDay, company.data?.items.at(-1)?.businessDay];
  const figures = useGet(
    '/analytics/days',
    { query: { limit: PAGE, ...(newest && oldest ? { from: oldest, to: newest } : {}) } },
    { enabled: seesFigures && newest !== undefined, pollMs: POLL_MS },
  );
  const figuresOf = new Map(figures.data?.items.map((day) => [day.businessDay, day]));
  return (
    <>
      <Head
        title={t.pages.company}
        note={<span class="mut">{f.measures.currency}</span>}
        actions={<Csv path="/accounting/company" query={{ from, to }} name="company" />}
      />
      <WrongUrl url={url} />
      <Filters url={url} names={NAMES}>
        <DayFilter url={url} name="from" label={t.filter.from} />
        <DayFilter url={url} name="to" label={t.filter.to} />
      </Filters>
      <Block
        query={company}
        height={600}
        empty={({ items }) =>
          items.length > 0 ? undefined : (
            <Card>
              {isFiltered(url, NAMES) ? (
                <NothingMatches url={url} names={NAMES} />
              ) : (
                <Empty>{t.days.none}</Empty>
              )}
            </Card>
          )
        }
      >
        {({ items, nextCursor }) => {
          const total = items.reduce((sum, { result }) => sum + result, 0);
          const name = t.company.chart(f.day(oldest), f.day(newest), f.change(total));
          return (
            <>
              <DayChart
                title={t.company.byDay}
                name={name}
                bars={items.toReversed().map(({ businessDay: day, result: value, closed }) => ({
                  day,
                  value,
                  isOpen: !closed,
                }))}
              />
              <section class="card" aria-label={t.pages.company}>
                <table class="stack">
                  <thead>
                    <tr>
                      <th>{t.days.day}</th>
                      <th class="n">{t.days.resultEnd}</th>
                      <th class="n">{t.days.fees}</th>
                      <th class="n">{t.days.rewards}</th>
                      <th class="n">{t.days.paid}</th>
                      {seesFigures && (
                        <>
                          <th class="n">{t.company.averageFee}</th>
                          <th class="n">{t.company.averageReward}</th>
                          <th class="n">{t.company.belowZero}</th>
                        </>
                      )}
                    </tr>
                  </thead>
                  <tbody>
                    {items.map(({ businessDay, result, fees, rewards, payouts, closed }) => {
                      const more = figuresOf.get(businessDay);
                      return (
                        <tr key={businessDay}>
                          <td class="t nowrap l1">
                            <a href={`/days/${businessDay}`} data-row>
                              {f.dayWithWeek(businessDay)}
                            </a>{' '}
                            {!closed && <span class="tag">{t.days.status.open}</span>}
                          </td>
                          <td class="n r1">
                            <Change of={result} />
                          </td>
                          <td class="n l2" data-l={t.days.fees}>
                            {f.amount(fees)}
                          </td>
                          <td class="n r2" data-l={t.days.rewards}>
                            {f.amount(rewards)}
                          </td>
                          <td class="n hide">{f.amount(payouts)}</td>
                          {seesFigures && (
                            <>
                              <td class="n hide">{f.amount(more?.averageFee)}</td>
                              <td class="n hide">{f.amount(more?.averageReward)}</td>
                              <td class="n hide">{f.count(more?.belowZero)}</td>
                            </>
                          )}
                        </tr>
                      );
                    })}
                  </tbody>
                </table>
                <Pager url={url} nextCursor={nextCursor}>
                  {t.days.shown(items.length)}
                </Pager>
              </section>
            </>
          );
        }}
      </Block>
    </>
  );
}
