/** Takes part in rebuilds, in a loop of each node. */
import type { Database } from '#mixins/database/database.ts';
import { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import { Rebuilder, type Streams } from './rebuild.handler.ts';

/** How often a node checks for a rebuild, in milliseconds. It reads a row that rarely changes. */
const LOOK_FOR_REBUILD_MS = 500;

export class RebuildWorker {
  readonly #rebuilder: Rebuilder;
  readonly #loop: Loop;

  constructor(database: Database, streams: Streams, loops: Loops, log: OutageLog) {
    const rebuilder = new Rebuilder(database, streams);
    this.#rebuilder = rebuilder;
    this.#loop = loops.add(
      new Loop({
        name: 'rebuild',
        // This loop has no items: there is one rebuild at a time, step by step. Operators cancel a
        // stuck one.
        pollMs: LOOK_FOR_REBUILD_MS,
        runOnce: async () => {
          const outcome = await rebuilder.runOnce();
          const hasEnded = outcome === 'live' || outcome === 'refused';
          if (hasEnded) log.info(`The rebuilt generation is ${outcome}`);
          return hasEnded;
        },
        outage: new Outage('The rebuild fails', log),
      }),
    );
  }

  start(): void {
    this.#loop.start();
  }

  /** Call it when a rebuild was started or cancelled. */
  wake(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#rebuilder.stop();
  }
}
