import { defineAction } from '#schemas/action.ts';

/**
 * ANA-6: everything that was committed before the request is compared, as soon as its events have arrived; what is still on its way is
 * waited for. `differences` names 50 of each kind at most, each with a stable `code`, a `message` for people, what it is about (`taskId`,
 * `employeeId`, `businessDay` and the like) and what each side says; `counts` says how many of each kind there are, `more` how many of all
 * are not named; where thousands differ, these are at least so many. A mail that waits for its lines or an address counts as made for an hour. Refused
 * with `service_unavailable` where a part of the system does not answer or is behind, and where the comparison takes longer than 20 s: who
 * comes again then gets its result.
 */
export default defineAction({
  action: 'reconciliation.reconcile',
  route: 'GET /analytics/reconciliation',
  access: ['admin'],
  status: 200,
  summary: 'Compares tasks, ledger, figures and mails with each other, and names every difference.',
  params: { $$strict: true },
});
