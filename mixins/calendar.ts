/**
 * The business day (ACC-5): which day an instant belongs to, and when a day ends, daylight saving
 * included. Pure. Days are opened and closed by it, and figures of today go by the same calendar.
 */
import { DateTime, IANAZone } from 'luxon';
import type { Config } from '../config.ts';

/** A business day as `YYYY-MM-DD`. */
export type BusinessDay = string;

export interface Calendar {
  /** IANA name of the zone in which business days live. */
  readonly timeZone: string;
  /** Wall-clock time `HH:MM` at which a day ends; `00:00` is the midnight that ends it. */
  readonly closeAt: string;
}

/** The calendar of the configuration (`BUSINESS_TIME_ZONE`, `DAY_CLOSE_AT`). */
export const calendarOf = (config: Pick<Config, 'businessTimeZone' | 'dayCloseAt'>): Calendar => ({
  timeZone: config.businessTimeZone,
  closeAt: config.dayCloseAt,
});

const MINUTE_MS = 60_000;
/** One day: more than any zone's offset, and less than the time between two changes of an offset. */
const AROUND_MS = 24 * 60 * MINUTE_MS;

const at = (day: BusinessDay): DateTime => DateTime.fromISO(day, { zone: 'utc' });

/** The first day that has a name: PostgreSQL knows no year 0. */
const FIRST_DAY: BusinessDay = '0001-01-01';

/** The calendar day after (`by` days after) a business day. It is never earlier than 0001-01-01. */
export function dayAfter(day: BusinessDay, by = 1): BusinessDay {
  const after = at(day).plus({ days: by });
  return after < at(FIRST_DAY) ? FIRST_DAY : (after.toISODate() ?? invalid(day));
}

/** Whether this is a day of the calendar, written `YYYY-MM-DD`. */
export function isBusinessDay(day: unknown): day is BusinessDay {
  if (typeof day !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  return at(day).isValid && !day.startsWith('0000');
}

/** How many days a range has, both ends included; negative or zero when `to` is before `from`. */
export function daysBetween(from: BusinessDay, to: BusinessDay): number {
  return at(to).diff(at(from), 'days').days + 1;
}

/**
 * The first instant that no longer belongs to the day. A wall-clock time that daylight saving skips
 * is moved on by the length of the gap; of one that comes twice it is the first.
 */
export function endOf(day: BusinessDay, calendar: Calendar): Date {
  const lastDate = calendar.closeAt === '00:00' ? dayAfter(day) : day;
  const wall = Date.parse(`${lastDate}T${calendar.closeAt}Z`);
  if (Number.isNaN(wall)) invalid(day);
  // luxon is not used: it starts from the zone's offset at the node's present time, and errs if
  // that is neither of the two offsets around this instant.
  const zone = IANAZone.create(calendar.timeZone);
  const offsetMs = (instant: number) => zone.offset(instant) * MINUTE_MS;
  const [before, after] = [offsetMs(wall - AROUND_MS), offsetMs(wall + AROUND_MS)];
  const instants = [wall - before, wall - after].filter((instant) => instant + offsetMs(instant) === wall);
  return new Date(instants.length > 0 ? Math.min(...instants) : wall - before);
}

/** The day that an instant belongs to: the first that has not ended by then. */
export function dayOf(instant: Date, calendar: Calendar): BusinessDay {
  const date = DateTime.fromJSDate(instant, { zone: calendar.timeZone }).toISODate();
  // An instant after the closing time belongs to the next date; a zone that moves may put it one
  // date off.
  let day = dayAfter(date ?? invalid(String(instant)), -1);
  while (endOf(day, calendar) <= instant) day = dayAfter(day);
  return day;
}

/**
 * The days to open now, oldest first; all but the last are over as soon as they begin, because
 * nobody was there to open them. Empty while the open day lasts. `open` is null before the very
 * first day. If a day was ended early by hand, the next one opens before its time, and still ends at
 * its usual end.
 */
export function daysDue(open: BusinessDay | null, now: Date, calendar: Calendar): BusinessDay[] {
  if (open === null) return [dayOf(now, calendar)];
  const due: BusinessDay[] = [];
  for (let day = open; endOf(day, calendar) <= now; ) {
    day = dayAfter(day);
    due.push(day);
  }
  return due;
}

function invalid(what: string): never {
  throw new RangeError(`${what} is no business day`);
}
