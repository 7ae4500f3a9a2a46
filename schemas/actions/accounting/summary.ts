import { defineAction } from '#schemas/action.ts';
import { amount, currency, sum } from '#schemas/answers.ts';
import { businessDay, id, meOrId, optional } from '#schemas/params.ts';

/**
 * ACC-3. Both days are included. Without a range: the last 30 days up to the open one. `opening` −
 * `fees` + `rewards` − `payouts` + `others` = `closing`. Refused as the statement.
 */
export default defineAction({
  action: 'accounting.summary',
  route: 'GET /accounting/accounts/:userId/summary',
  access: 'signed-in',
  summary: "Sums the lines of an account over a range of business days; `me` is the caller's.",
  params: { userId: meOrId(), from: optional(businessDay()), to: optional(businessDay()) },
  answer: {
    userId: id(),
    from: businessDay(),
    to: businessDay(),
    currency: currency(),
    /** The balance before the first day. */
    opening: amount(),
    fees: sum(),
    rewards: sum(),
    payouts: sum(),
    /** Adjustments and the postings that other services requested, signed for the owner. */
    others: amount(),
    /** The balance after the last line of the last day. */
    closing: amount(),
  },
  problems: ['forbidden'],
});
