/** Requests of reconciliations, and their results (ANA-6). One transaction each. */
import type { Database, Tx } from '#mixins/database/database.ts';
import { Signal } from '#mixins/loops/signal.ts';
import { appendOperatorAction } from '#mixins/outbox/append.ts';
import type { ActionAnswer } from '#schemas/action.ts';
import type reconcileAction from '#schemas/actions/reconciliation/reconcile.ts';
import type { Cause } from '#schemas/envelope.ts';
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

declare module '#schemas/intervention.ts' {
  interface InterventionSteps {
    /** The target is the reconciliation: one that waited already serves this request, too. */
    'reconciliation-requested': true;
  }
}

/**
 * Requests a reconciliation that begins from now on, when the transaction commits. The log names
 * who did it (AUD-1). Returns its number.
 */
export async function requestAs(tx: Tx, cause: Cause): Promise<number> {
  const number = await requestReconciliation(tx);
  const target = `reconciliation ${number}`;
  await appendOperatorAction(tx, { step: 'reconciliation-requested', target }, cause);
  reconciliationRequested.sendAfterCommit(tx);
  return number;
}

/** Requests a reconciliation for an operator, as `requestAs` does. */
export function startReconciliation(database: Database, cause: Cause): Promise<number> {
  return database.inTransaction((tx) => requestAs(tx, cause));
}

/**
 * Returns the number of the reconciliation for whose result an earlier client was told to ask
 * again. Without one it requests one. The client only reads a result, so the log has no line.
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
