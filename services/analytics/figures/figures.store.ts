/**
 * The figures that clients read: figures of days, operations, employees below zero. All come from
 * the live generation, from the replica if there is one.
 */
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Database } from '#mixins/database/database.ts';
import type { ActionAnswer, ActionItem } from '#schemas/action.ts';
import type daysAction from '#schemas/actions/analytics/days.ts';
import type operationsAction from '#schemas/actions/analytics/operations.ts';
import type todayAction from '#schemas/actions/analytics/today.ts';
import type { topTask } from '#schemas/answers/top-task.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import { EMPLOYEE } from '../projections/operation.ts';
import type { DayFigures } from './figures.ts';
import type { DayRange, KnownDays } from './range.ts';

/** The most employees that are named; all are counted. */
const MAX_NAMED_BELOW_ZERO = 200;
/** The name of an employee whose registration has not arrived yet. */
export const STUB_NAME = 'unknown';

export async function readKnownDays(database: Database): Promise<KnownDays> {
  const [row] = await database.rows<{ now: number; closed: BusinessDay | null; newest: BusinessDay | null }>(
    `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
       (SELECT max(business_day)::text FROM live_closed_day) AS closed,
       (SELECT max(business_day)::text FROM live_day) AS newest`,
  );
  if (row === undefined) throw new Error('One row was expected');
  return { ...row, now: new Date(row.now) };
}

type BelowZero = ActionAnswer<typeof todayAction>['belowZero'];

export interface TodayFigures extends BelowZero {
  readonly fees: number;
  readonly rewards: number;
}

/** One statement, so that count and list are of the same moment. */
export async function readToday(database: Database, today: BusinessDay): Promise<TodayFigures> {
  const [row] = await database.rows<TodayFigures>(
    `SELECT coalesce((SELECT fees FROM live_day WHERE business_day = $1), 0) AS fees,
       coalesce((SELECT rewards FROM live_day WHERE business_day = $1), 0) AS rewards,
       (SELECT count(*) FROM live_account WHERE balance < 0 AND owner_type = '${EMPLOYEE}') AS count,
       (SELECT coalesce(json_agg(json_build_object('userId', owner_id, 'name', coalesce(name, $3), 'balance', balance)
            ORDER BY balance, owner_id), '[]')
        FROM (
          SELECT owner_id, balance FROM live_account WHERE balance < 0 AND owner_type = '${EMPLOYEE}'
          ORDER BY balance, owner_id LIMIT $2
        ) AS deepest LEFT JOIN live_user_copy ON live_user_copy.id = owner_id) AS items`,
    [today, MAX_NAMED_BELOW_ZERO, STUB_NAME],
  );
  if (row === undefined) throw new Error('One row was expected');
  return row;
}

type TopTaskView = AnswerOf<typeof topTask>;

const TOP_TASK = `json_build_object('id', top_task_id, 'title', top_title, 'externalId', top_external_id, 'reward', top_reward,
  'businessDay', business_day::text)`;

/** Reads the figures of the days: at most 366 rows for any number of completed tasks. */
export async function readTopTask(database: Database, { from, to }: DayRange): Promise<TopTaskView | null> {
  const [row] = await database.rows<{ task: TopTaskView }>(
    `SELECT ${TOP_TASK} AS task FROM live_day WHERE business_day BETWEEN $1 AND $2 AND top_reward IS NOT NULL
     ORDER BY top_reward DESC, top_at, top_task_id COLLATE "C" LIMIT 1`,
    [from, to],
  );
  return row?.task ?? null;
}

/** The top task of each period; they may overlap. Each reads the figures of its days. */
export async function readTopTasks(
  database: Database,
  periods: readonly DayRange[],
): Promise<(DayRange & { readonly task: TopTaskView | null })[]> {
  return await database.rows(
    `SELECT first::text AS from, last::text AS to, top.task
     FROM unnest($1::date[], $2::date[]) WITH ORDINALITY AS period (first, last, place)
     LEFT JOIN LATERAL (
       SELECT ${TOP_TASK} AS task FROM live_day WHERE business_day BETWEEN first AND last AND top_reward IS NOT NULL
       ORDER BY top_reward DESC, top_at, top_task_id COLLATE "C" LIMIT 1
     ) AS top ON true
     ORDER BY place`,
    [periods.map(({ from }) => from), periods.map(({ to }) => to)],
  );
}

export type DayItem = ActionItem<typeof daysAction>;

type Sums = 'businessDay' | 'fees' | 'feeCount' | 'rewards' | 'rewardCount' | 'payouts';

export type DayRow = Pick<DayFigures, Sums> & Pick<DayItem, 'belowZero' | 'topTask'>;

/** All days of the range, the newest first. */
export async function readDays(database: Database, { from, to }: DayRange): Promise<DayRow[]> {
  return await database.rows<DayRow>(
    `SELECT ($1::date + n)::text AS "businessDay", coalesce(fees, 0) AS fees, coalesce(fee_count, 0) AS "feeCount",
       coalesce(rewards, 0) AS rewards, coalesce(reward_count, 0) AS "rewardCount", coalesce(payouts, 0) AS payouts,
       (earlier.below_zero + sum(coalesce(below_zero_change, 0)) OVER (ORDER BY n))::bigint AS "belowZero",
       CASE WHEN top_reward IS NOT NULL THEN ${TOP_TASK} END AS "topTask"
     FROM generate_series(0, $2::date - $1::date) AS n
     LEFT JOIN live_day ON business_day = $1::date + n
     CROSS JOIN (
       SELECT coalesce(sum(below_zero_change), 0) AS below_zero FROM live_day WHERE business_day < $1::date
     ) AS earlier
     ORDER BY n DESC`,
    [from, to],
  );
}

export type OperationItem = ActionItem<typeof operationsAction>;

/** The row in the database. */
interface StoredOperation extends Omit<OperationItem, 'occurredAt' | 'postedAt'> {
  readonly occurredAt: Date;
  readonly postedAt: Date;
}

export interface OperationFilter {
  readonly userId?: string | undefined;
  readonly kind?: string | undefined;
}

/** At most `limit` operations of a day, the newest first, before the one with the id `before`. */
export async function readOperations(
  database: Database,
  day: BusinessDay,
  { userId, kind }: OperationFilter,
  before: string | null,
  limit: number,
): Promise<OperationItem[]> {
  const bind: unknown[] = [day, limit];
  // The text has only the requested conditions, so that PostgreSQL can use an index.
  const conditions = ['business_day = $1', `owner_type = '${EMPLOYEE}'`];
  if (userId !== undefined) conditions.push(`owner_id = $${bind.push(userId)}`);
  if (kind !== undefined) conditions.push(`kind = $${bind.push(kind)}`);
  if (before !== null) conditions.push(`entry_id < $${bind.push(before)}`);
  const rows = await database.rows<StoredOperation>(
    `SELECT entry_id AS id, json_build_object('id', owner_id, 'name', coalesce(name, '${STUB_NAME}')) AS employee, kind,
       amount, balance_after AS "balanceAfter", business_day::text AS "businessDay", occurred_at AS "occurredAt",
       posted_at AS "postedAt",
       CASE WHEN reference_type IS NOT NULL THEN json_build_object('type', reference_type, 'id', reference_id,
         'title', reference_title, 'externalId', reference_external_id) END AS reference,
       note, CASE WHEN by_id IS NOT NULL THEN json_build_object('id', by_id, 'name', by_name) END AS by
     FROM (
       SELECT * FROM live_operation WHERE ${conditions.join(' AND ')} ORDER BY business_day, entry_id DESC LIMIT $2
     ) AS newest LEFT JOIN live_user_copy ON live_user_copy.id = owner_id
     ORDER BY entry_id DESC`,
    bind,
  );
  return rows.map((row) => ({
    ...row,
    occurredAt: row.occurredAt.toISOString(),
    postedAt: row.postedAt.toISOString(),
  }));
}
