/** A statement: the lines of an account, the newest first (ACC-3). */
import { type BusinessDay, daysBetween, isBusinessDay } from '../../mixins/calendar.ts';
import { placeIn } from '../../mixins/lists.ts';
import { type FieldError, Problem } from '../../schemas/errors.ts';
import type { Reference } from './journal.ts';

/** Most business days in a range (design §6). */
export const MAX_RANGE_DAYS = 366;

/** A line as clients see it. */
export interface StatementLine {
  readonly id: string;
  readonly kind: string;
  /** Minor units, signed for the owner. */
  readonly amount: number;
  readonly balanceAfter: number;
  readonly businessDay: BusinessDay;
  /** When what it is for happened; ISO 8601, UTC. */
  readonly occurredAt: string;
  /** When it was booked; ISO 8601, UTC. */
  readonly postedAt: string;
  readonly reference: Reference | null;
  readonly note: string | null;
  readonly by: { readonly id: string; readonly name: string } | null;
}

/** Business days, both included; null: open at that end. */
export interface DayRange {
  readonly from: BusinessDay | null;
  readonly to: BusinessDay | null;
}

/** Throws `validation_failed`, naming each field that is wrong. */
export function dayRange(from: string | undefined, to: string | undefined): DayRange {
  const errors: FieldError[] = Object.entries({ from, to })
    .filter(([, day]) => day !== undefined && !isBusinessDay(day))
    .map(([field, day]) => ({ field, code: 'date', message: `${day} is no day of the calendar` }));
  if (errors.length === 0 && from !== undefined && to !== undefined) {
    const days = daysBetween(from, to);
    if (days < 1) errors.push({ field: 'to', code: 'range', message: 'to is before from' });
    if (days > MAX_RANGE_DAYS) {
      errors.push({ field: 'to', code: 'range', message: `A range has at most ${MAX_RANGE_DAYS} days` });
    }
  }
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors });
  return { from: from ?? null, to: to ?? null };
}

/**
 * Where a page of a statement ended: a day, and the number of a line in its account. Throws
 * `invalid_cursor`.
 */
export function statementPlace(cursor: string): [BusinessDay, number] {
  return placeIn(cursor, isBusinessDay, isSequence);
}

const isSequence = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
