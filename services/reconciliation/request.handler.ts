/** Asks for reconciliations (ANA-6), and tells what came of them. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '#mixins/database/database.ts';
import { Problem } from '#schemas/errors.ts';
import type { Result } from './findings.ts';
import {
  collectReconciliation,
  findAwaited,
  findReconciliation,
  markAwaited,
  type Reconciliation,
  requestReconciliation,
} from './reconciliation.store.ts';

/** The result as clients see it (design §6). */
export interface ReconciliationAnswer extends Result {
  readonly consistent: boolean;
  /** When it began: everything that was committed before is in it. ISO 8601. */
  readonly checkedAt: string;
}

/** How long an answer waits for a result, in milliseconds. */
const WAIT_MS = 20_000;
/** Pauses between two looks whether it is there, in milliseconds. */
const LOOK_MS = 50;
/** Seconds after which who did not get it may come again. */
const RETRY_AFTER_SECONDS = 5;

/** Why one failed that should not have. */
export const BUG = 'It failed; see the log of reconciliation';

/**
 * The result of a reconciliation that began after the request, or of the one that an earlier request was told to come again for. Throws
 * `service_unavailable` where it could not be done, or is not done in time: never an older result.
 */
export async function answerReconciliation(
  database: Database,
  onRequested: () => void,
  stopping: AbortSignal,
  waitMs = WAIT_MS,
): Promise<ReconciliationAnswer> {
  const number = await database.inTransaction(
    async (tx) => (await findAwaited(tx)) ?? (await requestReconciliation(tx)),
  );
  onRequested();
  const waitUntil = performance.now() + waitMs;
  while (performance.now() < waitUntil && !stopping.aborted) {
    const found = await database.inTransaction((tx) => collectReconciliation(tx, number));
    if (found !== undefined && found.endedAt !== null) return answerOf(found);
    await delay(LOOK_MS);
  }
  await database.inTransaction((tx) => markAwaited(tx, number));
  throw unavailable('The reconciliation takes longer; come again for its result');
}

function unavailable(detail: string): Problem {
  return new Problem('service_unavailable', detail, { retryAfter: RETRY_AFTER_SECONDS });
}

function answerOf({ result, reason, beganAt }: Reconciliation): ReconciliationAnswer {
  if (reason === BUG) throw new Problem('internal_error');
  if (result === null || beganAt === null)
    throw unavailable(reason ?? 'The reconciliation could not be done');
  return { consistent: result.differences.length === 0, checkedAt: beganAt.toISOString(), ...result };
}

/** For the command: a reconciliation that begins from now on, and how it stands. */
export function startReconciliation(database: Database): Promise<number> {
  return database.inTransaction(requestReconciliation);
}

/** Throws `not_found` for one that never was, or is long gone. */
export async function reconciliationStatus(database: Database, number: number): Promise<Reconciliation> {
  const found = await database.inTransaction((tx) => findReconciliation(tx, number));
  if (found === undefined) throw new Problem('not_found');
  return found;
}
