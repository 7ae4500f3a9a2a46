/** A business day as clients see it (ACC-6). */
import { currency, nullable, oneOf, sum } from '#schemas/answers.ts';
import { sha256 } from '#schemas/fields/accounting.ts';
import { businessDay, whole } from '#schemas/params.ts';

export const day = {
  businessDay: businessDay(),
  /** `closing`: the day has ended, and its payouts are being booked and sealed. */
  status: oneOf('open', 'closing', 'closed'),
  currency: currency(),
  /** The number of payouts so far. */
  payouts: whole(0),
  totalPaid: sum(),
  /** Sum of the debts that the day leaves to the next. It covers the accounts settled so far. */
  carriedOver: sum(),
  /** Head of the hash chain, in hex; null until the day is closed. */
  head: nullable(sha256),
} as const;
