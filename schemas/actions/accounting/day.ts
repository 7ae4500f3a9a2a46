import { defineAction } from '#schemas/action.ts';
import { day } from '#schemas/answers/day.ts';
import { businessDay } from '#schemas/params.ts';

/**
 * ACC-6. The status is `open`, `closing` or `closed`. Figures are provisional until the day is
 * closed. Refused with `validation_failed` or `not_found`.
 */
export default defineAction({
  action: 'accounting.day',
  route: 'GET /accounting/days/:day',
  access: ['accountant', 'admin'],
  summary:
    'Shows a business day: its status, the number and sum of its payouts, and the debts that it carries over.',
  params: { day: businessDay() },
  answer: day,
});
