import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { testServers } from '../harness/servers.ts';
import { type System, serviceNames, startSystem } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { expectExactBooks } from './books.ts';
import { type Crowd, completedShuffle, gatherCrowd, pressShuffle, readShuffle } from './crowd.ts';
import { holdShuffles, openLedger } from './hold.ts';
import { seedTasks } from './seed-tasks.ts';

/** At first, and for the shuffle of all that is killed. */
const FEW = 1_000;
const MANY = 10_000;
/** Each in the middle of a thousand events and more. */
const KILLS = 4;
/** A kill that comes too late counts for nothing; so many rounds without `KILLS` that came in time are a fault. */
const MAX_ROUNDS = 3 * KILLS;

const config = testConfig();
const place = { ...testServers(), namespace: config.namespace };
/** How many lines there must be in the end: one for each assignment so far. */
let lines = 0;
let system: System;
let crowd: Crowd;

beforeAll(async () => {
  const others = serviceNames().filter((name) => name !== 'accounting');
  system = await startSystem({ ...place, processes: [others, ['accounting']] });
  crowd = await gatherCrowd(system, 10);
  await seedTasks(place, FEW - 1);
  lines = FEW;
}, 120_000);

afterAll(async () => {
  await system?.stop();
  await dropNamespace(config);
});

async function expectAllBooked(): Promise<void> {
  const books = await expectExactBooks(crowd.admin, 120_000);
  expect(books.lines).toHaveLength(lines);
}

describe('when the accounting node is killed again and again during 5,000 events', () => {
  it('FAIL-5: books every event exactly once', async () => {
    const accounting = system.node('accounting');
    const ledger = await openLedger(place);
    for (let kills = 0, rounds = 0; kills < KILLS; rounds++) {
      expect(rounds).toBeLessThan(MAX_ROUNDS);
      const before = await ledger.count();
      await pressShuffle(crowd);
      lines += FEW;
      await until(async () => (await ledger.count()) > before, {
        within: 60_000,
        every: 1,
        what: 'the first of these events to be booked',
      });
      await accounting.kill();
      if ((await ledger.count()) < lines) kills += 1;
      accounting.start();
    }
    await ledger.close();
    await expectAllBooked();
  }, 300_000);
});

describe('when all processes of the system are killed during a shuffle', () => {
  it('TASK-5: the shuffle completes by itself, and everything is booked exactly once', async () => {
    await seedTasks(place, MANY - FEW);
    lines += MANY - FEW;
    const held = await holdShuffles(place);
    let id: string;
    try {
      id = await pressShuffle(crowd);
      lines += MANY;
      await until(async () => (await readShuffle(crowd, id)).done > 0, {
        within: 60_000,
        every: 1,
        what: 'the shuffle to be midway',
      });
      await Promise.all(system.nodes.map((node) => node.kill()));
    } finally {
      await held.release();
    }
    for (const node of system.nodes) node.start();
    await system.ready();
    expect(await completedShuffle(crowd, id)).toMatchObject({ total: MANY, done: MANY });
    await expectAllBooked();
  }, 300_000);
});
