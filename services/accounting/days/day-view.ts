/** A business day as clients see it (design §6). */
import type { BusinessDay } from '#mixins/calendar.ts';

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
