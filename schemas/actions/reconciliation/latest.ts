import { defineAction } from '#schemas/action.ts';
import { latestReconciliation } from '#schemas/answers/reconciliation.ts';

/** ANA-6. It runs none: one is made every ten minutes, and on request. */
export default defineAction({
  action: 'reconciliation.latest',
  route: 'GET /analytics/reconciliation/latest',
  access: ['accountant', 'admin'],
  summary: 'Shows the result of the newest reconciliation; accountants get the verdict only.',
  answer: latestReconciliation,
});
