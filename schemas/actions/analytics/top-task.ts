import { defineAction } from '#schemas/action.ts';
import { businessDay, optional } from '#schemas/params.ts';

/**
 * ANA-2: the highest reward; of equal ones the task that was completed first. Both ends are included; without them the last 30 days up to
 * today. `task` is null when none was completed. Refused with `validation_failed` (no day of the calendar, a range that ends
 * before it begins, or of more than 366 days).
 */
export default defineAction({
  action: 'analytics.topTask',
  route: 'GET /analytics/top-task',
  access: ['admin'],
  status: 200,
  summary: 'Shows the completed task with the highest reward of a day, a week, a month or any range of days.',
  params: { $$strict: true, from: optional(businessDay()), to: optional(businessDay()) },
});
