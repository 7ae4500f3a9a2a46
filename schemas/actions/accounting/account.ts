import { defineAction } from '#schemas/action.ts';
import { amount, currency, object, sum } from '#schemas/answers.ts';
import { id, meOrId } from '#schemas/params.ts';

/**
 * ACC-3. Refused with `not_found`, or with `forbidden` for another user's account unless the caller
 * is an accountant or an admin. `today` is the open business day: `charged` are its fees and
 * `earned` its rewards, both positive. `net` is `earned` − `charged`.
 */
export default defineAction({
  action: 'accounting.account',
  route: 'GET /accounting/accounts/:userId',
  access: 'signed-in',
  summary: "Shows the balance and today's result of an account; `me` is the caller's.",
  params: { userId: meOrId() },
  answer: {
    userId: id(),
    balance: amount(),
    currency: currency(),
    /** Fees and rewards of the open business day. */
    today: object({ charged: sum(), earned: sum(), net: amount() }),
  },
  problems: ['forbidden'],
});
