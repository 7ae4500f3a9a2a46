/** A business day as clients see it (ACC-6). */
import { amount, currency, described, nullable, object, oneOf, string, sum, time } from '#schemas/answers.ts';
import { sha256 } from '#schemas/fields/accounting.ts';
import { businessDay, whole } from '#schemas/params.ts';

/** A day in a list, which names the currency once. */
export const dayItem = {
  businessDay: businessDay(),
  /** `closing`: the day has ended, and its payouts are being booked and sealed. */
  status: oneOf('open', 'closing', 'closed'),
  payouts: described(
    whole(0),
    'How many payouts the day has so far. In a rehearsal, and in the `day` of `day_changed`: how many the close would make.',
  ),
  totalPaid: described(sum(), 'The sum of these payouts.'),
  toPay: described(whole(0), 'How many people are still to be paid, as things are now.'),
  /** Sum of the debts that the day leaves to the next, as things are now. */
  carriedOver: sum(),
  /** How many people have these debts. */
  debtors: whole(0),
  fees: sum(),
  rewards: sum(),
  /** Adjustments and the postings that other services requested, signed for their owners. */
  others: amount(),
  endedAt: nullable(time()),
  /** Who ended the day: a user, `service:accounting` for the schedule, or an operator. */
  endedBy: nullable(
    object({
      id: string('service:accounting'),
      name: described(nullable(string('Mia')), 'The name of the user. Null if it was no user.'),
    }),
  ),
  closedAt: nullable(time()),
  /** Head of the hash chain, in hex; null until the day is closed. */
  head: nullable(sha256),
  /** Number of the block whose hash is the head. */
  block: nullable(whole(1)),
} as const;

export const day = { currency: currency(), ...dayItem } as const;
