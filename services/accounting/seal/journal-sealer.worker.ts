/** Seals the journal, in a loop on each node (ACC-8). */
import { Loop } from '#mixins/loops/loop.ts';
import { Outage } from '#mixins/outage.ts';
import type { WorkerOptions } from '../worker-options.ts';
import { journalSealed, Sealer, sealWanted } from './seal-journal.handler.ts';

/**
 * Interval between seals, in milliseconds. A full block is sealed at once. A longer interval leaves
 * more postings unsealed; a shorter one makes many small blocks.
 */
const SEAL_EVERY_MS = 500;

export class JournalSealer {
  readonly #loop: Loop;

  constructor({ database, loops, log }: WorkerOptions) {
    const sealer = new Sealer(database);
    this.#loop = loops.add(
      new Loop({
        name: 'seal',
        // There are no items: the blocks form a chain, so none can be skipped.
        runOnce: async () => {
          const pass = await sealer.runOnce();
          if (pass.outcome === 'waiting') {
            const writers = pass.fence.writers.join(', ');
            return { blocked: `Transactions that post are open (${writers} in pg_locks)` };
          }
          if (pass.outcome !== 'sealed') return false;
          journalSealed.send(database);
          return pass.full;
        },
        outage: new Outage('The seal of the journal fails', log),
        pollMs: SEAL_EVERY_MS,
        wokenBy: [sealWanted.of(database)],
      }),
    );
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
