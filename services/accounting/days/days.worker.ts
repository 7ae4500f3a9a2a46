/** Opens days, closes them and seals the journal, in three loops of each node. */

import { calendarOf } from '#mixins/calendar.ts';
import type { Database } from '#mixins/database/database.ts';
import { isRetryable } from '#mixins/database/errors.ts';
import { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import type { Config } from '../../../config.ts';
import { Sealer } from '../seal/seal-journal.handler.ts';
import { openDaysInTime, openDueDays } from './open-day.handler.ts';
import { closeWork } from './settle-day.handler.ts';

/**
 * How often the journal is sealed, in milliseconds. A full block is sealed at once. Longer leaves
 * more postings unsealed; shorter makes many small blocks.
 */
const SEAL_EVERY_MS = 500;

export interface DaysWorkerOptions {
  readonly database: Database;
  readonly config: Config;
  readonly loops: Loops;
  readonly log: OutageLog;
}

export class DaysWorker {
  readonly #options: DaysWorkerOptions;
  readonly #cutOverOutage: Outage;
  readonly #cutOver: Loop;
  readonly #close: Loop;
  readonly #seal: Loop;

  constructor(options: DaysWorkerOptions) {
    const { database, config, loops, log } = options;
    this.#options = options;
    this.#cutOverOutage = new Outage('The cut-over to the next day fails', log);
    this.#cutOver = loops.add(
      new Loop({
        name: 'cut-over',
        // No items: one day is open at a time.
        runOnce: async () => {
          await openDaysInTime(database, calendarOf(config));
          return false;
        },
        outage: this.#cutOverOutage,
      }),
    );
    const closing = loops.isolate(closeWork(database, config));
    this.#close = loops.add(
      new Loop({
        name: 'close',
        runOnce: async () => {
          const pass = await closing.runOnce();
          if (pass.outcome !== 'waiting') return pass.outcome === 'settled' || pass.outcome === 'closed';
          this.#seal.wake();
          return { blocked: `${pass.day} is not sealed yet` };
        },
        outage: new Outage('The close of a day fails', log),
      }),
    );
    const sealer = new Sealer(database);
    this.#seal = loops.add(
      new Loop({
        name: 'seal',
        // No items: the blocks are a chain, and no block can be left out.
        runOnce: async () => {
          const pass = await sealer.runOnce();
          if (pass.outcome === 'waiting') {
            const writers = pass.fence.writers.join(', ');
            return { blocked: `Transactions that post are open (${writers} in pg_locks)` };
          }
          if (pass.outcome !== 'sealed') return false;
          this.#close.wake();
          return pass.full;
        },
        outage: new Outage('The seal of the journal fails', log),
        pollMs: SEAL_EVERY_MS,
      }),
    );
  }

  /** Opens the days that are due, then starts the loops. */
  async start(): Promise<void> {
    const { database, config } = this.#options;
    try {
      await openDueDays(database, calendarOf(config));
    } catch (error) {
      // Without the primary this node only reads, from the replica. The first posting opens the
      // day.
      if (!isRetryable(error)) throw error;
      this.#cutOverOutage.failed(error);
    }
    for (const loop of [this.#cutOver, this.#close, this.#seal]) loop.start();
  }

  /** Call it when a day is to be closed. */
  wakeClose(): void {
    this.#close.wake();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#cutOver.stop(), this.#close.stop(), this.#seal.stop()]);
  }
}
