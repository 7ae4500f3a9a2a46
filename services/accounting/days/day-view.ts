/** A business day as clients see it. */
import type { BusinessDay } from '#mixins/calendar.ts';

export type DayStatus =
  /** Accepts all postings. */
  | 'open'
  /** The day has ended. Its payouts are being booked and sealed. */
  | 'closing'
  | 'closed';

export interface DayView {
  readonly businessDay: BusinessDay;
  readonly status: DayStatus;
  readonly currency: string;
  /** The number of payouts so far. */
  readonly payouts: number;
  /** Minor units. */
  readonly totalPaid: number;
  /**
   * Sum of the debts that the day leaves to the next, positive. It covers the accounts settled so
   * far.
   */
  readonly carriedOver: number;
  /** Head of the hash chain, in hex; null until the day is closed. */
  readonly head: string | null;
}
