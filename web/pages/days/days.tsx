/** All business days with their totals. */
import { useGet } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Csv } from '../../kit/csv.tsx';
import { DayFilter, Filters, isFiltered, NothingMatches } from '../../kit/filter.tsx';
import { DAY_FORM, Pager, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Amount, Change, Short, Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

const PAGE = 31;
const POLL_MS = 15_000;
const FORMS = { from: DAY_FORM, to: DAY_FORM } as const;
const NAMES = Object.keys(FORMS);

export default function Days() {
  const { t, f } = useText();
  const url = useUrl(FORMS);
  const { from, to, cursor } = url.query;
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const days = useGet(
    '/accounting/days',
    { query: { limit: PAGE, ...range, ...(cursor === undefined ? {} : { cursor }) } },
    { pollMs: POLL_MS },
  );
  return (
    <>
      <Head
        title={t.pages.days}
        note={<span class="mut">{f.measures.currency}</span>}
        actions={<Csv path="/accounting/days" query={range} name="days" />}
      />
      <WrongUrl url={url} />
      <Filters url={url} names={NAMES}>
        <DayFilter url={url} name="from" label={t.filter.from} />
        <DayFilter url={url} name="to" label={t.filter.to} />
      </Filters>
      <section class="card" aria-label={t.pages.days}>
        <Block
          query={days}
          height={340}
          empty={({ items }) =>
            items.length > 0 ? undefined : isFiltered(url, NAMES) ? (
              <NothingMatches url={url} names={NAMES} />
            ) : (
              <Empty>{t.days.none}</Empty>
            )
          }
        >
          {({ items, nextCursor }) => (
            <>
              <table class="stack">
                <thead>
                  <tr>
                    <th>{t.days.day}</th>
                    <th>{t.days.state}</th>
                    <th class="n">{t.days.resultEnd}</th>
                    <th class="n">{t.days.fees}</th>
                    <th class="n">{t.days.rewards}</th>
                    <th class="n">{t.days.people}</th>
                    <th class="n">{t.days.paid}</th>
                    <th class="n">{t.days.debtsShort}</th>
                    <th>{t.days.closedAt}</th>
                    <th>{t.days.headLabel}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((day) => (
                    <tr key={day.businessDay}>
                      <td class="t nowrap">
                        <a href={`/days/${day.businessDay}`} data-row>
                          {f.dayWithWeek(day.businessDay)}
                        </a>
                      </td>
                      <td>
                        <span class={`dot ${day.status === 'closed' ? 'ok' : 'run'}`}>
                          {t.days.status[day.status]}
                        </span>
                      </td>
                      <td class="n" data-l={t.days.resultEnd}>
                        <Change of={day.fees - day.rewards} />
                      </td>
                      <td class="n hide">{f.amount(day.fees)}</td>
                      <td class="n hide">{f.amount(day.rewards)}</td>
                      <td class="n hide">{f.count(day.payouts)}</td>
                      <td class="n" data-l={t.days.paid}>
                        {f.amount(day.totalPaid)}
                      </td>
                      <td class="n hide">
                        <Amount of={day.carriedOver === 0 ? 0 : -day.carriedOver} />
                      </td>
                      <td class="nowrap hide">
                        <Time at={day.closedAt} />
                      </td>
                      <td class="hide">{day.head !== null && <Short of={day.head} />}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <Pager url={url} nextCursor={nextCursor}>
                {t.days.shown(items.length)}
              </Pager>
            </>
          )}
        </Block>
      </section>
    </>
  );
}
