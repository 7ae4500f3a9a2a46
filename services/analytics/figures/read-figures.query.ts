/** The queries of admins: today, the top task, days, operations (ANA-1 to ANA-3). */
import { type BusinessDay, calendarOf, dayAfter, isBusinessDay } from '#mixins/calendar.ts';
import type { Database } from '#mixins/database/database.ts';
import { checkDay, MAX_RANGE_DAYS } from '#mixins/day-range.ts';
import { encodeCursor, isId, type Page, pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionAnswer, ActionItem, ActionParams } from '#schemas/action.ts';
import type daysAction from '#schemas/actions/analytics/days.ts';
import type operationsAction from '#schemas/actions/analytics/operations.ts';
import type todayAction from '#schemas/actions/analytics/today.ts';
import type topTasksAction from '#schemas/actions/analytics/top-of-periods.ts';
import type topTaskAction from '#schemas/actions/analytics/top-task.ts';
import type { Config } from '../../../config.ts';
import {
  type DayItem,
  type DayRow,
  type OperationItem,
  readDays,
  readKnownDays,
  readOperations,
  readToday,
  readTopTask,
  readTopTasks,
} from './figures.store.ts';
import { average, companyResult } from './figures.ts';
import { periodsOf } from './period.ts';
import { dayRange, earliestOf, latestOf, todayOf } from './range.ts';

type CalendarConfig = Pick<Config, 'businessTimeZone' | 'dayCloseAt' | 'currency'>;

async function todayNow(database: Database, config: CalendarConfig): Promise<BusinessDay> {
  return todayOf(await readKnownDays(database), calendarOf(config));
}

export type TodayAnswer = ActionAnswer<typeof todayAction>;

export async function showToday(database: Database, config: CalendarConfig): Promise<TodayAnswer> {
  const businessDay = await todayNow(database, config);
  const { count, items, ...figures } = await readToday(database, businessDay);
  return {
    businessDay,
    companyResult: companyResult(figures),
    currency: config.currency,
    belowZero: { count, items },
  };
}

/** Throws `validation_failed`. */
export async function showTopTask(
  database: Database,
  config: CalendarConfig,
  { from, to }: ActionParams<typeof topTaskAction>,
): Promise<ActionAnswer<typeof topTaskAction>> {
  const range = dayRange(from, to, await todayNow(database, config));
  return { ...range, currency: config.currency, task: await readTopTask(database, range) };
}

/** Throws `validation_failed` or `invalid_cursor`. */
export async function listTopTasks(
  database: Database,
  config: CalendarConfig,
  { by, from, to, limit, cursor }: ActionParams<typeof topTasksAction>,
): Promise<Page<ActionItem<typeof topTasksAction>>> {
  const today = await todayNow(database, config);
  const range = dayRange(from, to, today);
  const after = cursor === undefined ? range.to : dayAfter(placeIn(cursor, isBusinessDay)[0], -1);
  const newest = earliestOf(range.to, today, after);
  const most = limit ?? MAX_RANGE_DAYS;
  const periods = periodsOf(by, { from: range.from, to: newest }, most + 1);
  const items = await readTopTasks(database, periods.slice(0, most));
  const last = items.at(-1);
  return {
    items,
    nextCursor: periods.length > most && last !== undefined ? encodeCursor([last.from]) : null,
  };
}

/** Throws `validation_failed` or `invalid_cursor`. */
export async function listDays(
  database: Database,
  config: CalendarConfig,
  { from, to, limit, cursor }: ActionParams<typeof daysAction>,
): Promise<Page<DayItem>> {
  const today = await todayNow(database, config);
  const range = dayRange(from, to, today);
  const after = cursor === undefined ? range.to : dayAfter(placeIn(cursor, isBusinessDay)[0], -1);
  const newest = earliestOf(range.to, today, after);
  // Null counts as missing, although the type does not have it.
  const oldest = limit == null ? range.from : dayAfter(newest, 1 - limit);
  const page = { from: latestOf(oldest, range.from), to: newest };
  if (page.to < page.from) return { items: [], nextCursor: null };
  const items = (await readDays(database, page)).map(dayItem);
  return { items, nextCursor: page.from > range.from ? encodeCursor([page.from]) : null };
}

function dayItem(row: DayRow): DayItem {
  return {
    businessDay: row.businessDay,
    companyResult: companyResult(row),
    payouts: row.payouts,
    belowZero: row.belowZero,
    averageFee: average(row.fees, row.feeCount),
    averageReward: average(row.rewards, row.rewardCount),
    topTask: row.topTask,
  };
}

/** Throws `validation_failed` or `invalid_cursor`. */
export async function listOperations(
  database: Database,
  { day, limit, cursor, ...filter }: ActionParams<typeof operationsAction>,
): Promise<Page<OperationItem>> {
  checkDay('day', day);
  const [before] = cursor === undefined ? [null] : placeIn(cursor, isId);
  const rows = await readOperations(database, day, filter, before, limit + 1);
  return pageOf(rows, limit, ({ id }) => [id]);
}
