/** Requests of reconciliations, and their results (ANA-6). One transaction each. */
import type { Database } from '#mixins/database/database.ts';
import { Signal } from '#mixins/loops/signal.ts';
import type { ActionAnswer } from '#schemas/action.ts';
import type reconcileAction from '#schemas/actions/reconciliation/reconcile.ts';
import { Problem } from '#schemas/errors.ts';
import {
  collectReconciliation,
  findAwaited,
  findReconciliation,
  markAwaited,
  type Reconciliation,
  requestReconciliation,
} from './reconciliation.store.ts';

/** Sent when a reconciliation waits for a node that runs it. */
export const reconciliationRequested = new Signal();

/** The result as clients see it. */
export type ReconciliationAnswer = ActionAnswer<typeof reconcileAction>;

/** Seconds after which a client that got no result may ask again. */
const RETRY_AFTER_SECONDS = 5;

/** The reason of a reconciliation that failed by a bug. */
export const BUG = 'It failed; see the log of reconciliation';

/** Requests a reconciliation that begins from now on. Returns its number. */
export function startReconciliation(database: Database): Promise<number> {
  return database.inTransaction(async (tx) => {
    const number = await requestReconciliation(tx);
    reconciliationRequested.sendAfterCommit(tx);
    return number;
  });
}

/**
 * Returns the number of the reconciliation for whose result an earlier client was told to ask
 * again. Without one it requests one, as `startReconciliation` does.
 */
export function startUnlessAwaited(database: Database): Promise<number> {
  return database.inTransaction(async (tx) => {
    const number = (await findAwaited(tx)) ?? (await requestReconciliation(tx));
    reconciliationRequested.sendAfterCommit(tx);
    return number;
  });
}

/**
 * Returns the result of a reconciliation; undefined while it has not ended. Throws
 * `service_unavailable` if it could not be done.
 */
export async function collectAnswer(
  database: Database,
  number: number,
): Promise<ReconciliationAnswer | undefined> {
  const found = await database.inTransaction((tx) => collectReconciliation(tx, number));
  return found === undefined || found.endedAt === null ? undefined : answerOf(found);
}

function answerOf({ result, reason, beganAt }: Reconciliation): ReconciliationAnswer {
  if (reason === BUG) throw new Problem('internal_error');
  if (result === null || beganAt === null)
    throw unavailable(reason ?? 'The reconciliation could not be done');
  return { consistent: result.differences.length === 0, checkedAt: beganAt.toISOString(), ...result };
}

/** Keeps the result for a client that asks again. Returns the error that says so. */
export async function askAgain(database: Database, number: number): Promise<Problem> {
  await database.inTransaction((tx) => markAwaited(tx, number));
  return unavailable('The reconciliation takes longer; come again for its result');
}

function unavailable(detail: string): Problem {
  return new Problem('service_unavailable', detail, { retryAfter: RETRY_AFTER_SECONDS });
}

/** How a reconciliation stands. Throws `not_found` for an unknown one, or one that was deleted. */
export async function reconciliationStatus(database: Database, number: number): Promise<Reconciliation> {
  const found = await database.inTransaction((tx) => findReconciliation(tx, number));
  if (found === undefined) throw new Problem('not_found');
  return found;
}
