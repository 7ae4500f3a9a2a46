import { defineAction } from '#schemas/action.ts';
import { businessDay, MAX_PAGE_SIZE, optional, page } from '#schemas/params.ts';

/**
 * ANA-2, ANA-3: every day of the range up to today, the newest first, days without an operation too. Without a range the last 30 days;
 * without `limit` all of the range. `companyResult` = fees − rewards; `payouts` is their sum; `belowZero` counts the employees who were
 * below zero when the day ended (today: now); `averageFee` and `averageReward` are the means of the fees charged and the rewards paid on the
 * day, in whole minor units, null when there were none; `topTask` as `task` of `GET /analytics/top-task`. Refused as that.
 */
export default defineAction({
  action: 'analytics.days',
  route: 'GET /analytics/days',
  access: ['admin'],
  status: 200,
  summary: 'Lists the figures of days, the newest first.',
  params: {
    $$strict: true,
    limit: { type: 'number', integer: true, min: 1, max: MAX_PAGE_SIZE, convert: true, optional: true },
    cursor: page.cursor,
    from: optional(businessDay()),
    to: optional(businessDay()),
  },
});
