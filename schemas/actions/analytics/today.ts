import { defineAction } from '#schemas/action.ts';
import { today } from '#schemas/answers/today.ts';

/**
 * ANA-1: today is the open business day. It is the latest of: the day after the newest closed day,
 * the newest day with an operation, and the day of the clock. `companyResult` is fees minus rewards
 * of today. `belowZero.count` counts all employees with a negative balance; `items` has the 200
 * lowest, the lowest first.
 */
export default defineAction({
  action: 'analytics.today',
  route: 'GET /analytics/today',
  access: ['admin'],
  summary: 'Shows what the company earned today, and who is below zero now.',
  answer: today,
});
