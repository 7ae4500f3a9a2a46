/** Runs reconciliations in a loop on each node, and waits for their results. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '#mixins/database/database.ts';
import type { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { LONGEST_RECONCILIATION_MS, type Reconciler } from './reconciler.worker.ts';
import {
  askAgain,
  collectAnswer,
  type ReconciliationAnswer,
  reconciliationRequested,
  startUnlessAwaited,
} from './request.handler.ts';

/** How long an answer waits for a result, in milliseconds. */
const WAIT_MS = 20_000;
/** Pause between two looks for the result, in milliseconds. */
const LOOK_MS = 50;

/** The caller starts and stops it. */
export function reconciliationLoop(reconciler: Reconciler, database: Database, loops: Loops): Loop {
  return loops.make({
    name: 'run',
    // Its items are comparisons and checks; `reconcile` isolates them.
    longestPassMs: LONGEST_RECONCILIATION_MS,
    runOnce: async () => (await reconciler.runOnce()) === 'done',
    failing: "A reconciliation can't be begun or ended",
    wokenBy: [reconciliationRequested.of(database)],
  });
}

/**
 * Returns the result of a reconciliation that began after the request, or of the awaited one. Never
 * returns an older result. Throws `service_unavailable` if it could not be done, or takes longer.
 */
export async function answerReconciliation(
  database: Database,
  stopping: AbortSignal,
  waitMs = WAIT_MS,
): Promise<ReconciliationAnswer> {
  const number = await startUnlessAwaited(database);
  const waitUntil = performance.now() + waitMs;
  while (performance.now() < waitUntil && !stopping.aborted) {
    const answer = await collectAnswer(database, number);
    if (answer !== undefined) return answer;
    await delay(LOOK_MS);
  }
  throw await askAgain(database, number);
}
