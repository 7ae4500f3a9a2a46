import { defineAction } from '#schemas/action.ts';
import { topTask } from '#schemas/answers/top-task.ts';
import { amount, currency, list, nullable, object, sum } from '#schemas/answers.ts';
import { businessDay, MAX_PAGE_SIZE, optional, page, whole } from '#schemas/params.ts';

/**
 * ANA-2, ANA-3: every day of the range up to today, the newest first, including days without
 * operations. Without a range it shows the last 30 days; without `limit` the whole range.
 *
 * - `companyResult` is fees minus rewards, and `payouts` is the sum of all payouts.
 * - `belowZero` counts the employees who were below zero at the end of the day (today: now).
 * - `averageFee` and `averageReward` are the means of the day in whole minor units, null without
 *   any.
 * - `topTask` is the `task` of `GET /analytics/top-task`.
 *
 * Refused as `GET /analytics/top-task`.
 */
export default defineAction({
  action: 'analytics.days',
  route: 'GET /analytics/days',
  access: ['admin'],
  summary: 'Lists the figures of days, the newest first.',
  params: {
    limit: { type: 'number', integer: true, min: 1, max: MAX_PAGE_SIZE, convert: true, optional: true },
    cursor: page.cursor,
    from: optional(businessDay()),
    to: optional(businessDay()),
  },
  answer: {
    currency: currency(),
    ...list({
      businessDay: businessDay(),
      companyResult: amount(),
      payouts: sum(),
      belowZero: whole(0),
      averageFee: nullable(sum()),
      averageReward: nullable(sum()),
      topTask: nullable(object(topTask)),
    }),
  },
});
