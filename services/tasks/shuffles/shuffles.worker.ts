/** Draws the tasks of shuffles, in a loop on each node. */
import type { Database } from '#mixins/database/database.ts';
import type { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { shufflesWork } from './isolate-shuffle.handler.ts';
import { shufflePressed } from './press-shuffle.handler.ts';
import { ShuffleRunner } from './run-shuffle.handler.ts';

/** The caller starts and stops the loop. */
export function shufflesLoop(database: Database, loops: Loops): Loop {
  const isolated = loops.isolate(shufflesWork(database, new ShuffleRunner(database)));
  return loops.make({
    name: 'shuffles',
    runOnce: async () => {
      const { outcome } = await isolated.runOnce();
      return outcome === 'drawn' || outcome === 'completed';
    },
    failing: 'Tasks of shuffles cannot be drawn',
    wokenBy: [shufflePressed.of(database)],
  });
}
