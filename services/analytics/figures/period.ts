/** Days, weeks and months of a range. Pure. */
import { type BusinessDay, dayAfter } from '#mixins/calendar.ts';
import type { DayRange } from './range.ts';

export type PeriodKind = 'day' | 'week' | 'month';

const DAYS_OF_A_WEEK = 7;
/** Added to the first day of a month, it gives a day of the next month. */
const BEYOND_A_MONTH = 31;

const dateOf = (day: BusinessDay): Date => new Date(`${day}T00:00:00Z`);
const firstOfMonth = (day: BusinessDay): BusinessDay => day.replace(/\d\d$/, '01');

/** The period that has this day. A week begins on Monday. */
export function periodOf(by: PeriodKind, day: BusinessDay): DayRange {
  switch (by) {
    case 'day':
      return { from: day, to: day };
    case 'week': {
      const afterMonday = (dateOf(day).getUTCDay() + DAYS_OF_A_WEEK - 1) % DAYS_OF_A_WEEK;
      const from = dayAfter(day, -afterMonday);
      return { from, to: dayAfter(from, DAYS_OF_A_WEEK - 1) };
    }
    case 'month': {
      const from = firstOfMonth(day);
      return { from, to: dayAfter(firstOfMonth(dayAfter(from, BEYOND_A_MONTH)), -1) };
    }
    default:
      throw by satisfies never;
  }
}

/** At most `most` periods that have a day in the range, the newest first. */
export function periodsOf(by: PeriodKind, { from, to }: DayRange, most: number): DayRange[] {
  const periods: DayRange[] = [];
  for (let day = to; day >= from && periods.length < most; ) {
    const period = periodOf(by, day);
    periods.push(period);
    day = dayAfter(period.from, -1);
  }
  return periods;
}
