import { defineAction } from '#schemas/action.ts';
import { meOrId } from '#schemas/params.ts';

/**
 * ACC-3: refused with `forbidden` (another's account, for who is neither accountant nor admin) or `not_found`. Today is the business day
 * that is open; `charged` are its fees, `earned` its rewards, both positive, `net` is what they come to.
 */
export default defineAction({
  action: 'accounting.account',
  route: 'GET /accounting/accounts/:userId',
  access: 'signed-in',
  status: 200,
  summary: "Shows the balance and the result of today of an account, one's own as `me`.",
  params: { $$strict: true, userId: meOrId() },
});
