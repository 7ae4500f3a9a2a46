import { defineAction } from '#schemas/action.ts';
import { latestReconciliation } from '#schemas/answers/reconciliation.ts';

/**
 * ANA-6. The answer is that of `GET /analytics/reconciliation/latest`, which later has the result.
 * One that waits already serves all requests until it begins.
 */
export default defineAction({
  action: 'reconciliation.start',
  route: 'POST /analytics/reconciliation',
  access: ['admin'],
  status: 202,
  location: '/analytics/reconciliation/latest',
  summary: 'Starts a reconciliation, and does not wait for its result.',
  answer: latestReconciliation,
});
