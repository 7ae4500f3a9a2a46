import { defineAction } from '#schemas/action.ts';
import { amount, currency, list, nullable, string, sum } from '#schemas/answers.ts';
import { businessDay, id, page, whole } from '#schemas/params.ts';

/**
 * ACC-5, ACC-6, ACC-11. Highest payout first. While a day is not closed, the list also has the
 * payouts that its close would make now. `earned` + `carriedIn` = `amount`. Refused with
 * `validation_failed`, or with `not_found` for a day that has not begun or is before the first.
 */
export default defineAction({
  action: 'accounting.payouts',
  route: 'GET /accounting/days/:day/payouts',
  access: ['accountant', 'admin'],
  summary: 'Lists the payouts of a business day, and those that its close would make now.',
  details:
    'The mail about a payout has the reference `payout/<payoutId>`. The lines of `GET /accounting/tasks/{taskId}` have the same id as `payout.id`.',
  params: { ...page, day: businessDay() },
  answer: {
    currency: currency(),
    ...list({
      userId: id(),
      name: string('Pip'),
      /** Number of other lines of the account on that day. */
      operations: whole(0),
      /** Sum of these lines. */
      earned: amount(),
      /** The balance before them. */
      carriedIn: amount(),
      amount: sum(),
      /** Id of the payout's line; null if the payout is only previewed. */
      entryId: nullable(id()),
      /** Id of the payout in events and mails; null if it is only previewed. */
      payoutId: nullable(id()),
    }),
  },
  csv: ['userId', 'name', 'operations', 'earned', 'carriedIn', 'amount', 'entryId', 'payoutId', 'currency'],
});
