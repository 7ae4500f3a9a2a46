/** Runs reconciliations in a loop on each node, and waits for their results. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '#mixins/database/database.ts';
import { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import type { Ask } from './compare.ts';
import type { Plan } from './plan.ts';
import { LONGEST_RECONCILIATION_MS, Reconciler } from './reconciler.worker.ts';
import {
  askAgain,
  collectAnswer,
  type ReconciliationAnswer,
  reconciliationRequested,
  startUnlessAwaited,
} from './request.handler.ts';
import { reconcile } from './run.client.ts';

/** How long an answer waits for a result, in milliseconds. */
const WAIT_MS = 20_000;
/** Pause between two looks for the result, in milliseconds. */
const LOOK_MS = 50;

export interface ReconciliationWorkerOptions {
  readonly database: Database;
  readonly ask: Ask;
  readonly plan: Plan;
  readonly loops: Loops;
  readonly log: OutageLog & { error(text: string): void };
}

export class ReconciliationWorker {
  readonly #database: Database;
  readonly #reconciler: Reconciler;
  readonly #loop: Loop;

  constructor({ database, ask, plan, loops, log }: ReconciliationWorkerOptions) {
    const reconciler = new Reconciler({
      database,
      ask,
      reconcile: (endingAsk, onFailedPart) => reconcile(plan, endingAsk, onFailedPart),
      log,
    });
    this.#database = database;
    this.#reconciler = reconciler;
    this.#loop = loops.add(
      new Loop({
        name: 'run',
        // Its items are comparisons and checks; `reconcile` isolates them.
        longestPassMs: LONGEST_RECONCILIATION_MS,
        runOnce: async () => (await reconciler.runOnce()) === 'done',
        outage: new Outage("A reconciliation can't be begun or ended", log),
        wokenBy: [reconciliationRequested.of(database)],
      }),
    );
  }

  start(): void {
    this.#loop.start();
  }

  /** As `answerReconciliation`. */
  answer(): Promise<ReconciliationAnswer> {
    return answerReconciliation(this.#database, this.#reconciler.stopping);
  }

  async stop(): Promise<void> {
    this.#reconciler.stop();
    await this.#loop.stop();
  }
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
