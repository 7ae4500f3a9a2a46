/** Takes part in reconciliations, in a loop of each node. */
import type { Database } from '#mixins/database/database.ts';
import { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import type { Ask } from './compare.ts';
import type { Plan } from './plan.ts';
import { LONGEST_RECONCILIATION_MS, Reconciler } from './reconciler.handler.ts';
import { reconcile } from './run.handler.ts';

export interface ReconciliationWorkerOptions {
  readonly database: Database;
  readonly ask: Ask;
  readonly plan: Plan;
  readonly loops: Loops;
  readonly log: OutageLog & { error(text: string): void };
}

export class ReconciliationWorker {
  readonly #reconciler: Reconciler;
  readonly #loop: Loop;

  constructor({ database, ask, plan, loops, log }: ReconciliationWorkerOptions) {
    const reconciler = new Reconciler({
      database,
      ask,
      reconcile: (endingAsk, onFailedPart) => reconcile(plan, endingAsk, onFailedPart),
      log,
    });
    this.#reconciler = reconciler;
    this.#loop = loops.add(
      new Loop({
        name: 'run',
        // Its items are comparisons and checks; `reconcile` isolates them.
        longestPassMs: LONGEST_RECONCILIATION_MS,
        runOnce: async () => (await reconciler.runOnce()) === 'done',
        outage: new Outage("A reconciliation can't be begun or ended", log),
      }),
    );
  }

  /** Aborted when the node stops. */
  get stopping(): AbortSignal {
    return this.#reconciler.stopping;
  }

  start(): void {
    this.#loop.start();
  }

  /** Call it when a reconciliation was requested. */
  wake(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    this.#reconciler.stop();
    await this.#loop.stop();
  }
}
