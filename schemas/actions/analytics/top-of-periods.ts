import { defineAction } from '#schemas/action.ts';
import { topTask } from '#schemas/answers/top-task.ts';
import { currency, list, nullable, object } from '#schemas/answers.ts';
import { businessDay, MAX_PAGE_SIZE, optional, page } from '#schemas/params.ts';

/**
 * ANA-2: the top task of each day, week (from Monday) or month that has a day in the range, the
 * newest first. Weeks and months are whole, also where the range begins or ends within them. Days
 * after today are left out. Without a range it covers the last 30 days; without `limit` it has all.
 * Refused as `GET /analytics/top-task`.
 */
export default defineAction({
  action: 'analytics.topOfPeriods',
  route: 'GET /analytics/top-tasks',
  access: ['admin'],
  summary: 'Lists the completed task with the highest reward of each day, week or month, the newest first.',
  params: {
    limit: { type: 'number', integer: true, min: 1, max: MAX_PAGE_SIZE, convert: true, optional: true },
    cursor: page.cursor,
    by: { type: 'enum', values: ['day', 'week', 'month'], default: 'day' },
    from: optional(businessDay()),
    to: optional(businessDay()),
  },
  answer: {
    currency: currency(),
    ...list({ from: businessDay(), to: businessDay(), task: nullable(object(topTask)) }),
  },
  csv: [
    'from',
    'to',
    'task.id',
    'task.title',
    'task.externalId',
    'task.reward',
    'task.businessDay',
    'currency',
  ],
});
