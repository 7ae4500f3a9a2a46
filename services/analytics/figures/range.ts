/** Which days a request is about, and which day is today. */
import { type BusinessDay, type Calendar, dayAfter, dayOf } from '#mixins/calendar.ts';
import { checkRange } from '#mixins/day-range.ts';

/** Days of a range that nobody named. */
const DEFAULT_RANGE_DAYS = 30;

/** What analytics knows of days. */
export interface KnownDays {
  /** By the database's clock, which all nodes share. */
  readonly now: Date;
  /** The newest day that accounting closed. */
  readonly closed: BusinessDay | null;
  /** The newest day with an operation. */
  readonly newest: BusinessDay | null;
}

/**
 * The business day that is open. Postings go to one open day, so it is not before the newest operation, not before the day after the
 * newest close (a day that was closed early is followed by the next one at once), and not before the day that it is by the calendar,
 * because accounting opens that as soon as the one before is over.
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

/** Business days, both included. */
export interface DayRange {
  readonly from: BusinessDay;
  readonly to: BusinessDay;
}

/** The range that is asked for; what is left out follows from today. Throws `validation_failed`, naming each field that is wrong. */
export function dayRange(from: string | undefined, to: string | undefined, today: BusinessDay): DayRange {
  checkRange({ from, to });
  const end = to ?? (from !== undefined && from > today ? from : today);
  const range = { from: from ?? dayAfter(end, 1 - DEFAULT_RANGE_DAYS), to: end };
  checkRange(range, to === undefined ? 'from' : 'to');
  return range;
}
