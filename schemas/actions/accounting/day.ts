import { defineAction } from '#schemas/action.ts';
import { day } from '#schemas/answers/day.ts';
import { businessDay } from '#schemas/params.ts';

/**
 * ACC-6. The status is `open`, `closing` or `closed`. Figures are provisional until the day is
 * closed: `payouts` and `totalPaid` are of the payouts so far, `toPay`, `carriedOver` and `debtors`
 * of what the close would still pay and leave now. Refused with `validation_failed` or `not_found`.
 */
export default defineAction({
  action: 'accounting.day',
  route: 'GET /accounting/days/:day',
  access: ['accountant', 'admin'],
  summary: 'Shows a business day: its status, its payouts and totals, and the debts that it carries over.',
  params: { day: businessDay() },
  answer: day,
});
