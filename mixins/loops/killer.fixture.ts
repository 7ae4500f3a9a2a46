/**
 * A process that strings beads, for the test that kills it: `node killer.fixture.ts '<config>'`.
 * Stringing a deadly bead kills it.
 */

import { openDatabase } from '#mixins/outbox/outbox.fixture.ts';
import type { Config } from '../../config.ts';
import { beadsWork } from './beads.fixture.ts';
import { Isolation } from './isolation.ts';

const config = JSON.parse(process.argv[2] ?? '') as Config;
const database = await openDatabase(config, 'things');
const log = { warn() {}, error() {} };
const isolated = new Isolation(
  beadsWork(database, async ({ title }) => {
    if (title !== 'deadly') return;
    // As when memory runs out: no orderly roll-back happens.
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  }),
  log,
);
while ((await isolated.runOnce()).length > 0);
await database.close();
