import { defineAction } from '#schemas/action.ts';
import { businessDay } from '#schemas/params.ts';

/** ACC-6: `open`, `closing` or `closed`; figures so far until it is closed. Refused with `validation_failed` or `not_found`. */
export default defineAction({
  action: 'accounting.day',
  route: 'GET /accounting/days/:day',
  access: ['accountant', 'admin'],
  status: 200,
  summary: 'Shows a business day: its state, how many were paid and how much, and the debts that it leaves.',
  params: { $$strict: true, day: businessDay() },
});
