/** Draws the tasks of shuffles, in a loop on each node. */
import type { Database } from '#mixins/database/database.ts';
import { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import { shufflesWork } from './isolate-shuffle.handler.ts';
import { shufflePressed } from './press-shuffle.handler.ts';
import { ShuffleRunner } from './run-shuffle.handler.ts';

/** The caller starts and stops the loop. */
export function shufflesLoop(database: Database, loops: Loops, log: OutageLog): Loop {
  const isolated = loops.isolate(shufflesWork(database, new ShuffleRunner(database)));
  return loops.add(
    new Loop({
      name: 'shuffles',
      runOnce: async () => {
        const { outcome } = await isolated.runOnce();
        return outcome === 'drawn' || outcome === 'completed';
      },
      outage: new Outage('Tasks of shuffles cannot be drawn', log),
      wokenBy: [shufflePressed.of(database)],
    }),
  );
}
