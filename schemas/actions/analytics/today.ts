import { defineAction } from '#schemas/action.ts';

/**
 * ANA-1. Today is the business day that is open, as far as events and the calendar tell: the day after the newest one that was closed, the
 * newest with an operation, or the one that it is by the clock, whichever is latest. `companyResult` = fees − rewards of today;
 * `belowZero.count` counts all employees with a negative balance, `items` are the 200 deepest, the deepest first.
 */
export default defineAction({
  action: 'analytics.today',
  route: 'GET /analytics/today',
  access: ['admin'],
  status: 200,
  summary: 'Shows what the company earned today, and who is below zero now.',
  params: { $$strict: true },
});
