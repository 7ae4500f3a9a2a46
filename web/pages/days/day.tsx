/** A business day: its figures, whom its close pays, the steps of the close, and the day before. */
import { useState } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import { failureOf } from '../../api/problems.ts';
import { useGet } from '../../api/queries.ts';
import { Gone } from '../../frame/gone.tsx';
import { Head } from '../../frame/head.tsx';
import { useUser } from '../../frame/user.tsx';
import { Block } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { DayChart } from '../../kit/chart.tsx';
import { Csv } from '../../kit/csv.tsx';
import { Icon } from '../../kit/icon.tsx';
import { DAY_FORM, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Amount, Change } from '../../kit/value.tsx';
import { dayAfter } from '../../text/format.ts';
import { useText } from '../../text/text.tsx';
import type { BusinessDay, Rehearsal } from './business-day.ts';
import { CloseDay } from './close-day.tsx';
import { DayFacts } from './day-facts.tsx';
import { Payouts } from './payouts.tsx';
import { Steps } from './steps.tsx';

const POLL_MS = { open: 5_000, closing: 1_000, closed: false } as const;
const pollMs = (day: BusinessDay | undefined) => (day === undefined ? false : POLL_MS[day.status]);
const CHART_DAYS = 14;

export default function DayPage() {
  const { t, f } = useText();
  const { day = '' } = useRoute().params;
  const isToday = day === 'today';
  const isDay = DAY_FORM.test(day);
  const today = useGet('/accounting/days/today', {}, { pollMs, enabled: isToday });
  const other = useGet('/accounting/days/{day}', { path: { day } }, { pollMs, enabled: isDay });
  const query = isToday ? today : other;
  if (!isToday && !isDay) return <Gone />;
  if (query.data === undefined && query.error !== null && failureOf(query.error).code === 'not_found') {
    return <Gone sentence={t.days.noDay} />;
  }
  if (query.data === undefined) {
    return (
      <>
        <Head title={isDay ? titleOf(f.dayLong(day)) : t.pages.days} />
        <Card>
          <Block query={query} height={400}>
            {() => null}
          </Block>
        </Card>
      </>
    );
  }
  return <Block query={query}>{(data) => <Shown key={data.businessDay} day={data} />}</Block>;
}

/** Russian days begin with a small letter. */
const titleOf = (day: string): string => day.slice(0, 1).toUpperCase() + day.slice(1);

function Shown({ day }: { day: BusinessDay }) {
  const { t, f } = useText();
  const url = useUrl({});
  const user = useUser();
  const [rehearsal, setRehearsal] = useState<Rehearsal>();
  const { businessDay, status } = day;
  const isOpen = status === 'open';
  const meta = useGet('/meta');
  const before = useGet('/accounting/days', { query: { to: businessDay, limit: 2 } });
  const dayBefore = before.data?.items[1];
  return (
    <>
      <Head
        title={titleOf(f.dayLong(businessDay))}
        note={
          <>
            <span class={`dot ${status === 'closed' ? 'ok' : 'run'}`}>{t.days.status[status]}</span>
            {isOpen && meta.data !== undefined && (
              <span class="mut">{t.days.ends(f.moment(meta.data.dayEndsAt), meta.data.timeZone)}</span>
            )}
          </>
        }
        actions={
          <>
            {dayBefore !== undefined && (
              <a
                class="btn s"
                href={`/days/${dayBefore.businessDay}`}
                aria-label={t.days.before(f.dayShort(dayBefore.businessDay))}
              >
                <Icon name="left" />
                {f.dayShort(dayBefore.businessDay)}
              </a>
            )}
            {!isOpen && (
              <a
                class="btn s"
                href={`/days/${dayAfter(businessDay, 1)}`}
                aria-label={t.days.after(f.dayShort(dayAfter(businessDay, 1)))}
              >
                {f.dayShort(dayAfter(businessDay, 1))}
                <Icon name="right" />
              </a>
            )}
            {user.is('admin') && (
              <a class="btn s" href={`/days/${businessDay}/operations`}>
                {t.pages.operations}
              </a>
            )}
            <Csv path={`/accounting/days/${businessDay}/payouts`} name={`payouts-${businessDay}`} />
          </>
        }
      />
      <WrongUrl url={url} />
      <Steps day={day} rehearsal={rehearsal} />
      <section class="card" aria-label={t.days.result}>
        <dl class="kpi">
          <div>
            <dt>{isOpen ? t.days.result : t.days.resultEnd}</dt>
            <dd>
              <Change of={day.fees - day.rewards} /> <small>{day.currency}</small>
            </dd>
          </div>
          <div>
            <dt>{t.days.fees}</dt>
            <dd>{f.amount(day.fees)}</dd>
          </div>
          <div>
            <dt>{t.days.rewards}</dt>
            <dd>{f.amount(day.rewards)}</dd>
          </div>
          <div>
            <dt>{t.days.others}</dt>
            <dd>
              <Amount of={day.others} />
            </dd>
          </div>
        </dl>
      </section>
      <div class="cols">
        <div class="stackc">
          <Payouts day={day} />
          <Results to={businessDay} />
        </div>
        <div class="stackc first">
          {isOpen ? (
            <CloseDay day={day} rehearsal={rehearsal} onRehearsal={setRehearsal} />
          ) : (
            <DayFacts day={day} title={t.days.outcome} />
          )}
          {dayBefore !== undefined && (
            <DayFacts
              day={dayBefore}
              title={f.dayName(dayBefore.businessDay)}
              href={`/days/${dayBefore.businessDay}`}
            />
          )}
        </div>
      </div>
    </>
  );
}

function Results({ to }: { to: string }) {
  const { t, f } = useText();
  const company = useGet('/accounting/company', { query: { to, limit: CHART_DAYS } });
  return (
    <Block query={company} height={300}>
      {({ items }) => {
        const days = items.toReversed();
        const sorted = items.toSorted((a, b) => a.result - b.result);
        const [first, last, low, high] = [days[0], days.at(-1), sorted[0], sorted.at(-1)];
        if (!first || !last || !low || !high) return <Card title={t.days.chart}>{''}</Card>;
        return (
          <DayChart
            title={t.days.chart}
            name={t.days.chartName(
              f.day(first.businessDay),
              f.day(last.businessDay),
              f.change(high.result),
              f.dayShort(high.businessDay),
              f.change(low.result),
              f.dayShort(low.businessDay),
            )}
            bars={days.map(({ businessDay: day, result: value, closed }) => ({
              day,
              value,
              isOpen: !closed,
            }))}
          />
        );
      }}
    </Block>
  );
}
