import { defineAction } from '#schemas/action.ts';
import { statementLine } from '#schemas/answers/statement-line.ts';
import { currency, list, object, string } from '#schemas/answers.ts';
import { kind, LINE_COLUMNS } from '#schemas/fields/accounting.ts';
import { businessDay, id, optional, page } from '#schemas/params.ts';

/**
 * ANA-3: the lines of employees' accounts that were booked on a day, the newest first, each with
 * its employee. Amounts are signed from the employee's view. Refused with `validation_failed` for a
 * day that is not in the calendar. A day without operations, also a future one, has an empty list.
 */
export default defineAction({
  action: 'analytics.operations',
  route: 'GET /analytics/days/:day/operations',
  access: ['admin'],
  summary: 'Lists the operations of a day, of all employees or of one, of all kinds or of one.',
  params: { ...page, day: businessDay(), userId: optional(id()), kind: optional(kind) },
  answer: {
    currency: currency(),
    ...list({ ...statementLine, employee: object({ id: id(), name: string() }) }),
  },
  csv: ['id', 'employee.id', 'employee.name', ...LINE_COLUMNS],
});
