import { defineAction } from '#schemas/action.ts';
import { id, line } from '#schemas/params.ts';

/** Minor units: ten thousand million whole ones. More is a slip of the finger. */
const MAX_ADJUSTMENT = 1_000_000_000_000;
const MAX_REASON_LENGTH = 500;

/**
 * ACC-7: booked on the open day, against the company, with who did it. Refused with `validation_failed` (an amount of zero or out of bounds,
 * no reason), `own_account`, or `not_found` (an id that no event and no posting has named). An
 * account whose owner is not known may be adjusted; what it holds is paid out only once they are
 * known (ACC-10). A correction is a line of its own: nothing is ever changed.
 */
export default defineAction({
  action: 'accounting.adjust',
  route: 'POST /accounting/adjustments',
  access: ['accountant', 'admin'],
  changes: 'userId',
  status: 201,
  summary: "Adds to an employee's balance, or takes from it, with a reason; answers with the line.",
  params: {
    $$strict: true,
    userId: id(),
    amount: { type: 'number', integer: true, min: -MAX_ADJUSTMENT, max: MAX_ADJUSTMENT, notEqual: 0 },
    reason: line(1, MAX_REASON_LENGTH),
  },
});
