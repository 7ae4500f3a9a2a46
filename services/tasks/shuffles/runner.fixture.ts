/**
 * A process that runs shuffles, for tests that kill it: `node runner.fixture.ts <database URL>
 * <namespace>`.
 */
import { Loop } from '#mixins/loops/loop.ts';
import { Outage } from '#mixins/outage.ts';
import { readConfig } from '../../../config.ts';
import { connectTasks } from '../tasks.fixture.ts';
import { ShuffleRunner } from './run-shuffle.handler.ts';

const [databaseUrl, namespace] = process.argv.slice(2);
const { database } = await connectTasks(readConfig({ DATABASE_URL: databaseUrl, NAMESPACE: namespace }));
const print = (line: string) => void process.stderr.write(`${line}\n`);
const runner = new ShuffleRunner(database, 50);
new Loop({
  name: 'shuffles',
  runOnce: async () => {
    const { outcome } = await runner.runOnce();
    return outcome === 'drawn' || outcome === 'completed';
  },
  outage: new Outage('Tasks cannot be drawn', { info: print, warn: print }),
}).start();
