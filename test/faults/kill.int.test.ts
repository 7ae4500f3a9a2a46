import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { testServers } from '../harness/servers.ts';
import { type System, serviceNames, startSystem } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { expectExactBooks } from './books.ts';
import { type Crowd, completedShuffle, gatherCrowd, pressShuffle, readShuffle } from './crowd.ts';
import { holdShuffles, type Ledger, openLedger } from './hold.ts';
import { seedTasks } from './seed-tasks.ts';

/** For the beginning, and for the shuffle during which all processes are killed. */
const FEW = 1_000;
const MANY = 3_000;
/** Each is during a thousand events or more. */
const KILLS = 3;
/**
 * A kill after the last event does not count. The test fails if this many rounds have fewer than
 * `KILLS` kills that count.
 */
const MAX_ROUNDS = 3 * KILLS;

const config = testConfig();
const place = { ...testServers(), namespace: config.namespace };
/** The expected number of lines: one for each assignment so far. */
let lines = 0;
let system: System;
let crowd: Crowd;
let ledger: Ledger;

beforeAll(async () => {
  const others = serviceNames().filter((name) => name !== 'accounting');
  system = await startSystem({ ...place, processes: [others, ['accounting']] });
  crowd = await gatherCrowd(system, 10);
  await seedTasks(place, FEW - 1);
  lines = FEW;
  ledger = await openLedger(place);
}, 120_000);

afterAll(async () => {
  await ledger?.close();
  await system?.stop();
  await dropNamespace(config);
});

async function expectAllBooked(): Promise<void> {
  // Over HTTP each look at their number reads all lines.
  await until(async () => (await ledger.count()) >= lines, {
    within: 120_000,
    every: 100,
    what: `${lines} postings`,
  });
  const books = await expectExactBooks(crowd.admin, 120_000);
  expect(books.lines).toHaveLength(lines);
}

describe('when the accounting node is killed again and again during thousands of events', () => {
  it('FAIL-5: books every event exactly once', async () => {
    const accounting = system.node('accounting');
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
