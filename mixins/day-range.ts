/** The business days that a request is about. Pure. */
import { type FieldError, invalidField, Problem } from '#schemas/errors.ts';
import { type BusinessDay, daysBetween, isBusinessDay } from './calendar.ts';

/** Most business days in a range. */
export const MAX_RANGE_DAYS = 366;

/** Throws `validation_failed` for what is no day of the calendar. */
export function checkDay(field: string, day: string): BusinessDay {
  if (isBusinessDay(day)) return day;
  throw invalidField(notADay(field, day));
}

/** The ends of a range, both included; undefined: open at that end. */
export interface AskedRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Throws `validation_failed`, naming each field that is wrong; `blamed` where the range is too
 * short or too long.
 */
export function checkRange({ from, to }: AskedRange, blamed: 'from' | 'to' = 'to'): void {
  const errors = Object.entries({ from, to }).flatMap(([field, day]) =>
    day === undefined || isBusinessDay(day) ? [] : [notADay(field, day)],
  );
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors });
  if (from === undefined || to === undefined) return;
  const days = daysBetween(from, to);
  if (days < 1) throw invalidField({ field: blamed, code: 'range', message: 'to is before from' });
  if (days > MAX_RANGE_DAYS) {
    throw invalidField({
      field: blamed,
      code: 'range',
      message: `A range has at most ${MAX_RANGE_DAYS} days`,
    });
  }
}

const notADay = (field: string, day: string): FieldError => ({
  field,
  code: 'date',
  message: `${day} is no day of the calendar`,
});
