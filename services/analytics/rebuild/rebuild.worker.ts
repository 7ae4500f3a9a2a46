/** Takes part in rebuilds, in a loop of each node. */
import type { Log } from '#mixins/log.ts';
import type { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import type { Rebuilder } from './rebuild.handler.ts';

/** How often a node looks whether it has rebuilt enough, in milliseconds. */
const LOOK_AGAIN_MS = 500;

/** The caller starts and stops it, and wakes it when a rebuild was started or cancelled. */
export function rebuildLoop(rebuilder: Rebuilder, loops: Loops, log: Pick<Log, 'info'>): Loop {
  return loops.make({
    name: 'rebuild',
    // This loop has no items: there is one rebuild at a time, step by step. Operators cancel a
    // stuck one.
    runOnce: async () => {
      const ended = await rebuilder.runOnce();
      if (ended !== undefined) log.info(`The rebuilt generation is ${ended}`);
      if (ended === undefined && rebuilder.isReading) return { againMs: LOOK_AGAIN_MS };
      return ended !== undefined;
    },
    failing: 'The rebuild fails',
  });
}
