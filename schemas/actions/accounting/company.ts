import { defineAction } from '#schemas/action.ts';
import { amount, boolean, currency, list, sum } from '#schemas/answers.ts';
import { businessDay, MAX_PAGE_SIZE, optional, page } from '#schemas/params.ts';

/**
 * ACC-4, ACC-11. Newest day first. Without a range: the last 30 days up to the open one. Without
 * `limit`: the whole range at once. Refused with `validation_failed` (a range that ends before it
 * begins, or of more than 366 days). `result` is fees less rewards.
 */
export default defineAction({
  action: 'accounting.company',
  route: 'GET /accounting/company',
  access: ['accountant', 'admin'],
  summary: "Lists the company's result by business day, including the open one.",
  params: {
    cursor: page.cursor,
    limit: { type: 'number', integer: true, min: 1, max: MAX_PAGE_SIZE, convert: true, optional: true },
    from: optional(businessDay()),
    to: optional(businessDay()),
  },
  answer: {
    currency: currency(),
    ...list({
      businessDay: businessDay(),
      /** Fees less rewards. */
      result: amount(),
      fees: sum(),
      rewards: sum(),
      /** Sum of the payouts. */
      payouts: sum(),
      closed: boolean(),
    }),
  },
  csv: ['businessDay', 'result', 'fees', 'rewards', 'payouts', 'closed', 'currency'],
});
