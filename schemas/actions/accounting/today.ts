import { defineAction } from '#schemas/action.ts';
import { day } from '#schemas/answers/day.ts';

/** ACC-6. The open business day. Refused with `not_found` before the very first day. */
export default defineAction({
  action: 'accounting.today',
  route: 'GET /accounting/days/today',
  access: ['accountant', 'admin'],
  summary: 'Shows the open business day.',
  answer: day,
  problems: ['not_found'],
});
