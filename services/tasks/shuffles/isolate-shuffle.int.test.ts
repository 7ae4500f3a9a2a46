/** Shuffles over tasks that can't be drawn, and shuffles that can't be completed. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listDeadLetters } from '#mixins/consumer/dead-letters.store.ts';
import { type DeadLetterSource, discard, redrive } from '#mixins/consumer/dead-letters.ts';
import { sqlStateOf } from '#mixins/database/errors.ts';
import { failingAt, impatient } from '#mixins/loops/failing.fixture.ts';
import type { Isolation } from '#mixins/loops/isolation.ts';
import { Loops } from '#mixins/loops/loops.ts';
import { causeOf } from '#mixins/outbox/outbox.fixture.ts';
import { shuffleCompleted } from '#schemas/events/tasks/shuffle-completed.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { readShuffle } from '../read-task.handler.ts';
import type { TaskView } from '../task.ts';
import {
  createTasks,
  eventsOf,
  openTestDatabase,
  popug,
  putUsers,
  requestOf,
  type TestDatabase,
} from '../tasks.fixture.ts';
import { shufflesWork } from './isolate-shuffle.handler.ts';
import { pressShuffle } from './press-shuffle.handler.ts';
import { type Pass, ShuffleRunner } from './run-shuffle.handler.ts';
import { listShuffles } from './shuffle.store.ts';

const log = { info() {}, warn() {}, error() {} };
const OPERATOR = causeOf('operator:pip@perch');
const SIZE = 20;

let db: TestDatabase;
let tasks: TaskView[];
/** Whether what is bad still is. */
let bad: boolean;
let loops: Loops;

beforeEach(async () => {
  bad = true;
  loops = new Loops({ service: 'tasks', log });
  db = await openTestDatabase();
  await putUsers(db.database, [{ id: popug(1) }, { id: popug(2) }, { id: popug(3) }]);
  tasks = await createTasks(db.database, SIZE);
});
afterEach(() => db.close());

const press = () => pressShuffle(db.database, requestOf(popug(9)));
const shuffle = (id: string) => readShuffle(db.database, id);
const letters = async () => (await listDeadLetters(db.database, { status: 'open', limit: 100 })).reverse();
const versions = async () => {
  const rows = await db.database.rows<{ version: number }>('SELECT version FROM task ORDER BY position');
  return rows.map(({ version }) => version);
};
/** For this node, nothing works that has to do with this text. */
const isolatedAt = (text: string): Isolation<Pass> => {
  const database = failingAt(db.database, text, () => bad);
  return loops.isolate(shufflesWork(database, new ShuffleRunner(database)));
};
const source = (): DeadLetterSource => ({
  database: db.database,
  contextOf: () => undefined,
  workOf: (name) => loops.work(name),
});

/** Passes until no shuffle is left; returns what some of them threw, and were tried again for. */
async function runAll(isolated: Isolation<Pass>): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (let pass = 0; pass < 100; pass++) {
    try {
      if ((await isolated.runOnce()).outcome === 'idle') return errors;
    } catch (error) {
      errors.push(error);
    }
  }
  throw new Error('It has no end');
}

describe('a task that can’t be drawn', () => {
  let isolated: Isolation<Pass>;
  let pressed: { readonly id: string };
  const badTask = () => tasks[12]?.id ?? '';
  const others = (version: number) => Array.from({ length: SIZE }, (_, n) => (n === 12 ? 1 : version));

  beforeEach(async () => {
    isolated = isolatedAt(badTask());
    pressed = await press();
    await runAll(isolated);
  });

  it('A1: keeps its assignee and is set aside; all others are drawn, and the shuffle is completed', async () => {
    expect(await versions()).toEqual(others(2));
    expect(await shuffle(pressed.id)).toMatchObject({ status: 'completed', total: SIZE, done: SIZE - 1 });
    expect(await letters()).toMatchObject([
      {
        consumer: 'tasks-shuffles',
        eventKey: `${pressed.id}:${badTask()}`,
        type: 'tasks.draw',
        subject: `task/${badTask()}`,
        code: 'TypeError',
      },
    ]);
    const [completed] = await eventsOf(db.database, shuffleCompleted);
    expect(completed?.data).toMatchObject({ shuffleId: pressed.id, tasksDrawn: SIZE - 1 });
  });

  it('A1: does not stop the next shuffle', async () => {
    const next = await press();
    await runAll(isolated);
    expect(await shuffle(next.id)).toMatchObject({ status: 'completed', done: SIZE - 1 });
    expect(await versions()).toEqual(others(3));
  });

  it('A1: is drawn when it is redriven and the reason is gone, by a shuffle of its own', async () => {
    const [letter] = await letters();
    const id = letter?.id ?? '';
    const failing = { ...source(), database: failingAt(db.database, badTask(), () => bad) };
    await expect(redrive(failing, id, OPERATOR)).rejects.toThrow('Unlucky');
    expect(await versions()).toEqual(others(2));
    expect(await listShuffles(db.database, 10)).toHaveLength(1);
    bad = false;
    await redrive(source(), id, OPERATOR);
    await runAll(isolated);
    expect(await versions()).toEqual(Array(SIZE).fill(2));
    expect(await listShuffles(db.database, 10)).toMatchObject([
      { status: 'completed', total: 1, done: 1 },
      { id: pressed.id, status: 'completed', done: SIZE - 1 },
    ]);
    const drawn = (await eventsOf(db.database, taskReassigned)).filter(
      ({ data }) => data.taskId === badTask(),
    );
    expect(drawn).toHaveLength(1);
    expect(await letters()).toEqual([]);
  });

  it('A1: stays as it is when it is discarded', async () => {
    const [letter] = await letters();
    await discard(source(), letter?.id ?? '', OPERATOR, 'of no use');
    await runAll(isolated);
    expect(await versions()).toEqual(others(2));
    expect(await letters()).toEqual([]);
  });
});

describe('a task that another transaction keeps locked', () => {
  it('A1: is set aside after a while; all others are drawn, and it is drawn when it is redriven', async () => {
    const { id = '' } = tasks[12] ?? {};
    const database = impatient(db.database);
    const isolated = loops.isolate(shufflesWork(database, new ShuffleRunner(database)));
    const pressed = await press();
    const errors = await db.database.inTransaction(async (tx) => {
      await tx.run('SET LOCAL idle_in_transaction_session_timeout = 0');
      await tx.rows('SELECT FROM task WHERE id = $1::uuid FOR UPDATE', [id]);
      return await runAll(isolated);
    });
    expect(new Set(errors.map(sqlStateOf))).toEqual(new Set(['55P03']));
    expect(await versions()).toEqual(tasks.map((_, n) => (n === 12 ? 1 : 2)));
    expect(await shuffle(pressed.id)).toMatchObject({ status: 'completed', done: SIZE - 1 });
    const [letter] = await letters();
    expect(letter).toMatchObject({ eventKey: `${pressed.id}:${id}`, code: '55P03' });
    await redrive(source(), letter?.id ?? '', OPERATOR);
    expect(await versions()).toEqual(tasks.map(() => 2));
  });
});

describe('a shuffle that can’t be completed', () => {
  it('A1: is set aside, does not stop the next one, and is completed when it is redriven', async () => {
    const first = await press();
    const isolated = isolatedAt(`shuffle/${first.id}`);
    await runAll(isolated);
    const second = await press();
    await runAll(isolated);
    expect(await shuffle(second.id)).toMatchObject({ status: 'completed', done: SIZE });
    expect(await shuffle(first.id)).toMatchObject({ status: 'running', done: SIZE });
    const [letter] = await letters();
    expect(letter).toMatchObject({ eventKey: first.id, type: 'tasks.shuffle', code: 'TypeError' });
    bad = false;
    await redrive(source(), letter?.id ?? '', OPERATOR);
    expect(await shuffle(first.id)).toMatchObject({ status: 'completed' });
    expect(await letters()).toEqual([]);
    await runAll(isolated);
    expect((await eventsOf(db.database, shuffleCompleted)).map(({ data }) => data.shuffleId)).toEqual([
      second.id,
      first.id,
    ]);
  });
});
