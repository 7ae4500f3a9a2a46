/** A business day as clients see it (design §6). */
import { type BusinessDay, isBusinessDay } from '../../mixins/calendar.ts';
import { Problem } from '../../schemas/errors.ts';

export type DayStatus =
  /** Takes all postings. */
  | 'open'
  /** Has ended; its payouts are being booked and sealed. */
  | 'closing'
  | 'closed';

export interface DayView {
  readonly businessDay: BusinessDay;
  readonly status: DayStatus;
  readonly currency: string;
  /** How many were made so far. */
  readonly payouts: number;
  /** Minor units. */
  readonly totalPaid: number;
  /** Sum of the debts that the day leaves to the next, positive; of the accounts that were settled so far. */
  readonly carriedOver: number;
  /** Head of the hash chain, in hex; null until the day is closed. */
  readonly head: string | null;
}

/** Throws `validation_failed` for what is no day of the calendar. */
export function assertDay(day: string): void {
  if (isBusinessDay(day)) return;
  const message = `${day} is no day of the calendar`;
  throw new Problem('validation_failed', undefined, { errors: [{ field: 'day', code: 'date', message }] });
}
