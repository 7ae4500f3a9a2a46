import { defineAction } from '#schemas/action.ts';
import { statementLine } from '#schemas/answers/statement-line.ts';
import { currency } from '#schemas/answers.ts';
import { id, line } from '#schemas/params.ts';

/** Minor units: ten thousand million whole ones. A larger amount is a typing error. */
const MAX_ADJUSTMENT = 1_000_000_000_000;
const MAX_REASON_LENGTH = 500;

/**
 * ACC-7. Booked on the open day, against the company, with the name of the author. A correction is
 * a line of its own: nothing is ever changed.
 *
 * Refused with `validation_failed` (an amount of zero or out of bounds, no reason) or
 * `own_account`. Refused with `not_found` for an id that no event and no posting has named. An
 * account with an unknown owner may be adjusted. Its balance is paid out only once the owner is
 * known (ACC-10).
 */
export default defineAction({
  action: 'accounting.adjust',
  route: 'POST /accounting/adjustments',
  access: ['accountant', 'admin'],
  changes: 'userId',
  status: 201,
  summary: "Adds to an employee's balance, or deducts from it, with a reason; answers with the line.",
  params: {
    userId: id(),
    amount: { type: 'number', integer: true, min: -MAX_ADJUSTMENT, max: MAX_ADJUSTMENT, notEqual: 0 },
    reason: line(1, MAX_REASON_LENGTH, 'A correction'),
  },
  answer: { currency: currency(), ...statementLine },
  problems: ['own_account', 'not_found'],
});
