import { defineAction } from '#schemas/action.ts';
import { array, boolean, record, time } from '#schemas/answers.ts';
import { whole } from '#schemas/params.ts';
import { difference } from '#schemas/reconciliation.ts';

/**
 * ANA-6: compares everything that was committed before the request, after its events have arrived.
 * - `differences` names at most 50 of each kind. Each has a stable `code`, a `message` for people,
 *   its subject (`taskId`, `employeeId`, `businessDay` and the like) and what each service says.
 * - `counts` has the number of differences of each kind, `more` the number of those not named. Where
 *   thousands differ, both are lower bounds.
 * - A mail that waits for its lines or an address counts as made for an hour.
 *
 * Refused with `service_unavailable` if a part of the system does not answer or is behind, or if the
 * comparison takes longer than 20 s. A client that asks again then gets its result.
 */
export default defineAction({
  action: 'reconciliation.reconcile',
  route: 'GET /analytics/reconciliation',
  access: ['admin'],
  summary: 'Compares tasks, ledger, figures and mails with each other, and names every difference.',
  answer: {
    consistent: boolean(),
    /** When it began. It covers everything that was committed before. */
    checkedAt: time(),
    differences: array(difference),
    /** How many were found and not named. */
    more: whole(0),
    /** How many of each kind were found. */
    counts: record(whole(0)),
  },
});
