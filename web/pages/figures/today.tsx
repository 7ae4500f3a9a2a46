/** The open day as it happens: its result, the people below zero, its most expensive task. */
import type { Answer, Item } from '#client';
import { useFeed } from '../../api/feed.ts';
import { useGet } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { Block, Empty } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { DayChart } from '../../kit/chart.tsx';
import { useUrl, WrongUrl } from '../../kit/link.tsx';
import { Live } from '../../kit/live.tsx';
import { Amount, Change, Day } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';

type Figures = Answer<'/analytics/today', 'get'>;
type Past = Item<'/analytics/days'>;

const POLL_MS = 30_000;
const TOP_POLL_MS = 5_000;

export default function Today() {
  const { t } = useText();
  const url = useUrl({});
  const feed = useFeed<Figures>('/analytics/live');
  const first = useGet('/analytics/today');
  const days = useGet('/analytics/days', {}, { pollMs: POLL_MS });
  const figures = { ...first, data: feed.data ?? first.data, error: feed.data ? null : first.error };
  return (
    <>
      <Head
        title={t.pages.today}
        note={<Live feed={feed} since={feed.at ?? (first.dataUpdatedAt || undefined)} />}
      />
      <WrongUrl url={url} />
      <NobodyYet />
      <Card>
        <Block query={figures} height={94}>
          {(data) => <Numbers figures={data} past={days.data?.items} />}
        </Block>
      </Card>
      <div class="cols">
        <div class="stackc">
          {days.data === undefined ? (
            <Card title={t.today.byDay}>
              <Block query={days} height={240}>
                {() => null}
              </Block>
            </Card>
          ) : (
            <Block query={days}>{({ items }) => <Results days={items} />}</Block>
          )}
          <Card title={t.today.belowZero} note={figures.data?.currency}>
            <Block
              query={figures}
              height={240}
              empty={({ belowZero }) =>
                belowZero.count === 0 ? <Empty>{t.today.nobodyBelow}</Empty> : undefined
              }
            >
              {({ belowZero }) => <BelowZero {...belowZero} />}
            </Block>
          </Card>
        </div>
        <div class="stackc">{figures.data && <TopTask day={figures.data.businessDay} />}</div>
      </div>
    </>
  );
}

/** Leads the admin of an empty system to its first step. */
function NobodyYet() {
  const { t } = useText();
  const { data } = useGet('/tasks/counts');
  if (data === undefined || data.assignable.count > 0) return null;
  return (
    <div class="note">
      <p>
        {t.tasks.nobody} <a href="/users?new=1">{t.tasks.register}</a>
      </p>
    </div>
  );
}

function Numbers({ figures, past }: { figures: Figures; past: readonly Past[] | undefined }) {
  const { t, f } = useText();
  const { businessDay, companyResult, belowZero, currency } = figures;
  const today = past?.find((each) => each.businessDay === businessDay);
  return (
    <dl class="kpi">
      <div>
        <dt>
          {t.today.result} <Day day={businessDay} />
        </dt>
        <dd>
          <Change of={companyResult} /> <small>{currency}</small>
        </dd>
      </div>
      <div>
        <dt>{t.today.belowZero}</dt>
        <dd>{f.count(belowZero.count)}</dd>
      </div>
      <div>
        <dt>{t.today.averageFee}</dt>
        <dd>
          <Amount of={today?.averageFee} />
        </dd>
      </div>
      <div>
        <dt>{t.today.averageReward}</dt>
        <dd>
          <Amount of={today?.averageReward} />
        </dd>
      </div>
    </dl>
  );
}

function Results({ days }: { days: readonly Past[] }) {
  const { t, f } = useText();
  const bars = days
    .map(({ businessDay, companyResult }, index) => ({
      day: businessDay,
      value: companyResult,
      isOpen: index === 0,
    }))
    .reverse();
  const gains = bars.filter(({ value }) => value > 0).length;
  const losses = bars.filter(({ value }) => value < 0).length;
  return (
    <DayChart
      title={t.today.byDay}
      name={t.today.byDayName(bars.length, f.count(gains), f.count(losses))}
      bars={bars}
    />
  );
}

function BelowZero({ count, items }: Figures['belowZero']) {
  const { t } = useText();
  return (
    <>
      <table class="stack">
        <caption class="hidden">{t.today.belowZero}</caption>
        <thead>
          <tr>
            <th>{t.frame.person}</th>
            <th class="n">{t.today.balance}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ userId, name, balance }) => (
            <tr key={userId}>
              <td class="t">
                <a href={`/accounts/${userId}`} data-row>
                  {name}
                </a>
              </td>
              <td class="n">
                <Amount of={balance} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {items.length < count && <div class="foot">{t.today.lowest(items.length, count)}</div>}
    </>
  );
}

function TopTask({ day }: { day: string }) {
  const { t } = useText();
  const top = useGet('/analytics/top-task', { query: { from: day, to: day } }, { pollMs: TOP_POLL_MS });
  return (
    <Card title={t.today.topTask} actions={<a href="/top-tasks">{t.today.others}</a>}>
      <Block
        query={top}
        height={74}
        empty={({ task }) => (task === null ? <Empty>{t.today.noTop}</Empty> : undefined)}
      >
        {({ task, currency }) =>
          task && (
            <div class="pad">
              <a href={`/tasks/${task.id}`}>{task.title}</a>
              {task.externalId !== null && <span class="mono">{task.externalId}</span>}
              <span>
                {t.today.reward} <Amount of={task.reward} /> <span class="mut">{currency}</span>
              </span>
            </div>
          )
        }
      </Block>
      <div class="foot">
        <a href={`/days/${day}/operations`}>{t.pages.operations}</a>
      </div>
    </Card>
  );
}
