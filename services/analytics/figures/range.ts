/** The days of a request, and the day that is today. */
import { type BusinessDay, type Calendar, dayAfter, dayOf } from '#mixins/calendar.ts';
import { checkRange } from '#mixins/day-range.ts';

/** The number of days of the default range. */
const DEFAULT_RANGE_DAYS = 30;

/** The data that determine today. */
export interface KnownDays {
  /** By the database's clock, which all nodes share. */
  readonly now: Date;
  /** The newest day that accounting closed. */
  readonly closed: BusinessDay | null;
  /** The newest day with an operation. */
  readonly newest: BusinessDay | null;
}

/**
 * The open business day. All postings go to it, so it is not before the newest operation. It is not
 * before the day after the newest close either, because a day that is closed early is followed at
 * once. It is not before the calendar's day, because accounting opens that when the previous day
 * ends.
 */
export function todayOf({ now, closed, newest }: KnownDays, calendar: Calendar): BusinessDay {
  const byEvents = [...(closed === null ? [] : [dayAfter(closed)]), ...(newest === null ? [] : [newest])];
  return latestOf(dayOf(now, calendar), ...byEvents);
}

export function earliestOf(day: BusinessDay, ...others: readonly BusinessDay[]): BusinessDay {
  return [day, ...others].sort()[0] ?? day;
}

export function latestOf(day: BusinessDay, ...others: readonly BusinessDay[]): BusinessDay {
  return [day, ...others].sort().at(-1) ?? day;
}

/** Business days, both ends included. */
export interface DayRange {
  readonly from: BusinessDay;
  readonly to: BusinessDay;
}

/**
 * The requested range; missing ends depend on today. Throws `validation_failed` with each wrong
 * field.
 */
export function dayRange(from: string | undefined, to: string | undefined, today: BusinessDay): DayRange {
  checkRange({ from, to });
  const end = to ?? (from !== undefined && from > today ? from : today);
  const range = { from: from ?? dayAfter(end, 1 - DEFAULT_RANGE_DAYS), to: end };
  checkRange(range, to === undefined ? 'from' : 'to');
  return range;
}
