import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { findAddresses } from '../../scripts/launcher/addresses.ts';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import { until } from '../harness/wait.ts';
import { cutPower, dataFolder, Launcher } from '../launcher/terminal.ts';
import { expectExactBooks } from './books.ts';
import { completedShuffle, gatherCrowd, pressShuffle, readShuffle } from './crowd.ts';
import { holdShuffles } from './hold.ts';
import { seedTasks } from './seed-tasks.ts';

const UP = fileURLToPath(new URL('../../scripts/up.ts', import.meta.url));
const TASKS = 2_000;

describe('npm start, when launcher, guardian, services, NATS and PostgreSQL are all killed during a shuffle', () => {
  it('TASK-5: the next start completes the shuffle by itself, and everything is booked exactly once', async () => {
    const folder = dataFolder();
    try {
      const start = (port?: number) =>
        Launcher.ready({
          dataDir: folder.path,
          script: UP,
          environment: { ADMIN_BEAK },
          ...(port === undefined ? {} : { port }),
        });
      const first = await start();
      const crowd = await gatherCrowd({ api: `http://127.0.0.1:${first.port}/api/v1` }, 10);
      const { databaseUrl = '' } = findAddresses(folder.path) ?? {};
      const place = { databaseUrl, namespace: 'ates' };
      await seedTasks(place, TASKS - 1);
      await holdShuffles(place);
      const id = await pressShuffle(crowd);
      await until(async () => (await readShuffle(crowd, id)).done > 0, {
        within: 60_000,
        every: 1,
        what: 'the shuffle to be midway',
      });
      // The launcher, its guardian, the services, the catcher, nats-server, PostgreSQL and those it
      // began.
      expect(cutPower(folder.path)).toBeGreaterThan(6);
      await first.exit();

      const second = await start(first.port);
      expect(await completedShuffle(crowd, id)).toMatchObject({ total: TASKS, done: TASKS });
      const books = await expectExactBooks(crowd.admin, 120_000);
      expect(books.lines).toHaveLength(2 * TASKS);
      expect(await second.interrupt()).toBe(0);
    } finally {
      folder.remove();
    }
  }, 300_000);
});
