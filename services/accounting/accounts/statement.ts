/** A statement: the lines of an account, the newest first (ACC-3). */
import { type BusinessDay, isBusinessDay } from '#mixins/calendar.ts';
import { checkRange } from '#mixins/day-range.ts';
import { placeIn } from '#mixins/lists.ts';
import type { statementLine } from '#schemas/answers/statement-line.ts';
import type { AnswerOf } from '#schemas/answers.ts';

/** A line as clients see it. */
export type StatementLine = AnswerOf<typeof statementLine>;

/** Business days, both included. Null leaves that end open. */
export interface DayRange {
  readonly from: BusinessDay | null;
  readonly to: BusinessDay | null;
}

/** Throws `validation_failed`, which names each wrong field. */
export function dayRange(from: string | undefined, to: string | undefined): DayRange {
  checkRange({ from, to });
  return { from: from ?? null, to: to ?? null };
}

/**
 * The position after a page of a statement: a day, and the number of a line in its account. Throws
 * `invalid_cursor`.
 */
export function statementPlace(cursor: string): [BusinessDay, number] {
  return placeIn(cursor, isBusinessDay, isSequence);
}

const isSequence = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
