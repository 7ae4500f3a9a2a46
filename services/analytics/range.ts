/** Which days a request is about (design §6), and which day is today. */
import {
  type BusinessDay,
  type Calendar,
  dayAfter,
  dayOf,
  daysBetween,
  isBusinessDay,
} from '../../mixins/calendar.ts';
import { type FieldError, Problem } from '../../schemas/errors.ts';

/** Most business days in a range. */
export const MAX_RANGE_DAYS = 366;
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

function notACalendarDay(field: string, day: string): FieldError {
  return { field, code: 'date', message: `${day} is no day of the calendar` };
}

/** Throws `validation_failed` for what is no day of the calendar. */
export function checkDay(field: string, day: string): BusinessDay {
  if (isBusinessDay(day)) return day;
  throw new Problem('validation_failed', undefined, { errors: [notACalendarDay(field, day)] });
}

/** The range that is asked for; what is left out follows from today. Throws `validation_failed`, naming each field that is wrong. */
export function dayRange(from: string | undefined, to: string | undefined, today: BusinessDay): DayRange {
  const named = Object.entries({ from, to }).flatMap(([field, day]) =>
    day === undefined ? [] : [[field, day] as const],
  );
  const errors = named
    .filter(([, day]) => !isBusinessDay(day))
    .map(([field, day]) => notACalendarDay(field, day));
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors });
  const end = to ?? (from !== undefined && from > today ? from : today);
  const range = { from: from ?? dayAfter(end, 1 - DEFAULT_RANGE_DAYS), to: end };
  const days = daysBetween(range.from, range.to);
  const field = to === undefined ? 'from' : 'to';
  if (days < 1) errors.push({ field, code: 'range', message: 'to is before from' });
  if (days > MAX_RANGE_DAYS) {
    errors.push({ field, code: 'range', message: `A range has at most ${MAX_RANGE_DAYS} days` });
  }
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors });
  return range;
}
