/**
 * What lists and text searches cost among many tasks: the slowest of all combinations of text,
 * filter and order, for the first page and the one behind it. Arguments: tasks (300000), people
 * (1000).
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '#mixins/database/database.ts';
import { TASK_SORTS } from '#schemas/actions/tasks/list.ts';
import { listTasks } from '../services/tasks/lists/list-tasks.query.ts';
import { addTasks, connectTasks, popug, putUsers } from '../services/tasks/tasks.fixture.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { vacuum } from './support/journal-seed.ts';

const USERS_A_BATCH = 500;
const TASKS_A_BATCH = 5_000;
/** Frequent, rare, absent, of frequent grams but absent, without grams, not ASCII. */
const TEXTS = [undefined, 'wash', 'number 7777', 'zebra', 'soap and cage', 'e', 'qq', '!', 'клетка'];
const FILTERS = [
  {},
  { status: 'open' },
  { status: 'done' },
  { assignee: 'me' },
  { createdFrom: '2026-01-01' },
] as const;

export default async function bench([tasks = '300000', people = '1000']: readonly string[]): Promise<void> {
  const config = testConfig();
  const { database, disconnect } = await connectTasks(config);
  try {
    await addPeople(database, Number(people));
    const begun = performance.now();
    for (let left = Number(tasks); left > 0; left -= TASKS_A_BATCH) {
      await database.inTransaction((tx) => addTasks(tx, Math.min(left, TASKS_A_BATCH)));
    }
    console.log(`${tasks} tasks inserted in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
    // The older nine tenths are done.
    await database.inTransaction((tx) =>
      tx.run(
        `UPDATE task SET status = 'done', completed_at = created_at WHERE position % 10 > 0 AND position <= 100000`,
      ),
    );
    await vacuum(config, 'tasks');
    for (const text of TEXTS) {
      let slowest = { ms: 0, what: '' };
      for (const filter of FILTERS) {
        for (const sort of TASK_SORTS) {
          const params = { limit: 50, sort, ...filter, ...(text === undefined ? {} : { text }) };
          let cursor: string | undefined;
          for (const page of ['first', 'second']) {
            const before = performance.now();
            const answer = await listTasks(database, { ...params, cursor }, popug(1));
            const ms = performance.now() - before;
            if (ms > slowest.ms)
              slowest = {
                ms,
                what: `${page} page of ${JSON.stringify({ ...filter, sort })}: ${answer.items.length}`,
              };
            if (answer.nextCursor === null) break;
            cursor = answer.nextCursor;
          }
        }
      }
      console.log(`${text ?? 'no text'}: ${slowest.ms.toFixed(0)} ms at most (${slowest.what} tasks)`);
    }
  } finally {
    await disconnect();
    await dropNamespace(config);
  }
}

async function addPeople(database: Database, count: number): Promise<void> {
  await putUsers(database, [{ id: popug(1) }]);
  for (let first = 1; first < count; first += USERS_A_BATCH) {
    const size = Math.min(USERS_A_BATCH, count - first);
    await putUsers(
      database,
      Array.from({ length: size }, () => ({ id: randomUUID() })),
    );
  }
}
