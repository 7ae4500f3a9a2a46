import { defineAction } from '#schemas/action.ts';
import { topTask } from '#schemas/answers/top-task.ts';
import { currency, nullable, object } from '#schemas/answers.ts';
import { businessDay, optional } from '#schemas/params.ts';

/**
 * ANA-2: the task with the highest reward; of equal ones the task that was completed first. Both
 * ends are included; the default is the last 30 days up to today. `task` is null when none was
 * completed. Refused with `validation_failed` for a day that is not in the calendar, and for a
 * range that ends before it begins or has more than 366 days.
 */
export default defineAction({
  action: 'analytics.topTask',
  route: 'GET /analytics/top-task',
  access: ['admin'],
  summary: 'Shows the completed task with the highest reward of a day, a week, a month or any range of days.',
  params: { from: optional(businessDay()), to: optional(businessDay()) },
  answer: {
    from: businessDay(),
    to: businessDay(),
    currency: currency(),
    task: nullable(object(topTask)),
  },
});
