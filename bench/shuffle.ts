/**
 * How fast a shuffle draws, and how long a chunk holds its row locks (at most 50 ms is aimed at):
 * update, history, Avro and outbox of every task, without the relay. Arguments: tasks (100000),
 * people (1000).
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '#mixins/database/database.ts';
import { createTask } from '../services/tasks/create-task.handler.ts';
import { pressShuffle } from '../services/tasks/shuffles/press-shuffle.handler.ts';
import { ShuffleRunner } from '../services/tasks/shuffles/run-shuffle.handler.ts';
import {
  addTasks,
  connectTasks,
  popug,
  putUsers,
  requestOf,
  words,
} from '../services/tasks/tasks.fixture.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';

/** The first seconds measure the compiler and empty caches. */
const WARM_UP_TASKS = 20_000;
const USERS_A_BATCH = 500;
const TASKS_A_BATCH = 5_000;
/** As long as a chunk may hold its locks (services/tasks/shuffles/shuffle.ts). */
const MAX_HELD_MS = 50;

export default async function bench([tasks = '100000', people = '1000']: readonly string[]): Promise<void> {
  const config = testConfig();
  const { database, disconnect } = await connectTasks(config);
  try {
    await addPeople(database, Number(people));
    await fill(database, Math.min(Number(tasks), WARM_UP_TASKS));
    await shuffle(database);
    await fill(database, Number(tasks) - Math.min(Number(tasks), WARM_UP_TASKS));
    await measureCreations(database, Number(people));
    await measureShuffle(database, Number(people));
  } finally {
    await disconnect();
    await dropNamespace(config);
  }
}

async function measureShuffle(database: Database, people: number): Promise<void> {
  const { ms, held, drawn, completionMs } = await shuffle(database);
  held.sort((a, b) => a - b);
  const at = (share: number) => (held[Math.floor((held.length - 1) * share)] ?? 0).toFixed(1);
  console.log(`shuffle of ${drawn} tasks over ${people} people: ${Math.round((drawn / ms) * 1_000)} tasks/s`);
  console.log(
    `${held.length} chunks held their locks for ${at(0.5)} ms (median), ${at(0.99)} ms (99 %), ${at(1)} ms (longest); ` +
      `${held.filter((ms) => ms > MAX_HELD_MS).length} for more than ${MAX_HELD_MS} ms`,
  );
  const { rss } = process.memoryUsage();
  console.log(`summed up in ${completionMs.toFixed(0)} ms; memory ${Math.round(rss / 2 ** 20)} MiB`);
}

async function shuffle(database: Database) {
  const { id } = await pressShuffle(database, requestOf(popug(1)));
  const runner = new ShuffleRunner(database);
  const held: number[] = [];
  const begun = performance.now();
  for (;;) {
    const before = performance.now();
    const pass = await runner.runOnce();
    if (pass.outcome === 'drawn') held.push(pass.heldMs);
    else if (pass.outcome === 'completed') {
      const now = performance.now();
      return { ms: now - begun, held, drawn: pass.tasks, completionMs: now - before };
    } else throw new Error(`Shuffle ${id} is ${pass.outcome}`);
  }
}

async function addPeople(database: Database, count: number): Promise<void> {
  for (let first = 0; first < count; first += USERS_A_BATCH) {
    const batch = Array.from({ length: Math.min(USERS_A_BATCH, count - first) }, () => ({
      id: randomUUID(),
    }));
    await putUsers(database, batch);
  }
}

async function fill(database: Database, count: number): Promise<void> {
  for (let first = 0; first < count; first += TASKS_A_BATCH) {
    const batch = Math.min(TASKS_A_BATCH, count - first);
    await database.inTransaction((tx) => addTasks(tx, batch));
  }
}

/** The draw at creation must not cost more with many people. */
async function measureCreations(database: Database, people: number): Promise<void> {
  const count = 2_000;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let n = 0; n < count / 4; n++) {
        await createTask(database, { title: `[POPUG-${n}] Wash the cage` }, requestOf(popug(1)), words);
      }
    }),
  );
  const rate = (count / (performance.now() - begun)) * 1_000;
  console.log(`creations, 4 at a time, among ${people} people: ${Math.round(rate)} tasks/s`);
}
