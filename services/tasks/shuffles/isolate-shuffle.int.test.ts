/** Shuffles with tasks that cannot be drawn, and shuffles that cannot be completed. */
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
import { readShuffle } from '../read-task.query.ts';
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
/** Whether the fault is still present. */
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
const deadLetters = async () =>
  (await listDeadLetters(db.database, { status: 'open', limit: 100 })).reverse();
const versions = async () => {
  const rows = await db.database.rows<{ version: number }>('SELECT version FROM task ORDER BY position');
  return rows.map(({ version }) => version);
};
/** A runner on whose node every statement that contains this text fails while `bad` is set. */
const isolatedAt = (text: string): Isolation<Pass> => {
  const database = failingAt(db.database, text, () => bad);
  return loops.isolate(shufflesWork(database, new ShuffleRunner(database)));
};
const source = (): DeadLetterSource => ({
  database: db.database,
  contextOf: () => undefined,
  workOf: (name) => loops.work(name),
});

/** Makes passes until no shuffle is left. Returns the errors of passes that were retried. */
async function runAll(isolated: Isolation<Pass>): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (let pass = 0; pass < 100; pass++) {
    try {
      if ((await isolated.runOnce()).outcome === 'idle') return errors;
    } catch (error) {
      errors.push(error);
    }
  }
  throw new Error('The shuffles do not end');
}

describe('a task that cannot be drawn', () => {
  let isolated: Isolation<Pass>;
  let pressed: { readonly id: string };
  const badTask = () => tasks[12]?.id ?? '';
  const others = (version: number) => Array.from({ length: SIZE }, (_, n) => (n === 12 ? 1 : version));

  beforeEach(async () => {
    isolated = isolatedAt(badTask());
    pressed = await press();
    await runAll(isolated);
  });

  it('A1, FAIL-3: keeps its assignee and is dead-lettered; all others are drawn, and the shuffle is completed', async () => {
    expect(await versions()).toEqual(others(2));
    expect(await shuffle(pressed.id)).toMatchObject({ status: 'completed', total: SIZE, done: SIZE - 1 });
    expect(await deadLetters()).toMatchObject([
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

  it('A1, FAIL-3: does not stop the next shuffle', async () => {
    const next = await press();
    await runAll(isolated);
    expect(await shuffle(next.id)).toMatchObject({ status: 'completed', done: SIZE - 1 });
    expect(await versions()).toEqual(others(3));
  });

  it('A1, FAIL-3: is drawn by its own shuffle when it is redriven after the fault is gone', async () => {
    const [deadLetter] = await deadLetters();
    const id = deadLetter?.id ?? '';
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
    expect(await deadLetters()).toEqual([]);
  });

  it('A1, FAIL-3: stays as it is when it is discarded', async () => {
    const [deadLetter] = await deadLetters();
    await discard(source(), deadLetter?.id ?? '', OPERATOR, 'of no use');
    await runAll(isolated);
    expect(await versions()).toEqual(others(2));
    expect(await deadLetters()).toEqual([]);
  });
});

describe('a task that another transaction keeps locked', () => {
  it('A1, FAIL-3: is dead-lettered after a while; all others are drawn, and a redrive draws it', async () => {
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
    const [deadLetter] = await deadLetters();
    expect(deadLetter).toMatchObject({ eventKey: `${pressed.id}:${id}`, code: '55P03' });
    await redrive(source(), deadLetter?.id ?? '', OPERATOR);
    expect(await versions()).toEqual(tasks.map(() => 2));
  });
});

describe('a shuffle that cannot be completed', () => {
  it('A1, FAIL-3: is dead-lettered, does not stop the next one, and is completed by a redrive', async () => {
    const first = await press();
    const isolated = isolatedAt(`shuffle/${first.id}`);
    await runAll(isolated);
    const second = await press();
    await runAll(isolated);
    expect(await shuffle(second.id)).toMatchObject({ status: 'completed', done: SIZE });
    expect(await shuffle(first.id)).toMatchObject({ status: 'running', done: SIZE });
    const [deadLetter] = await deadLetters();
    expect(deadLetter).toMatchObject({ eventKey: first.id, type: 'tasks.shuffle', code: 'TypeError' });
    bad = false;
    await redrive(source(), deadLetter?.id ?? '', OPERATOR);
    expect(await shuffle(first.id)).toMatchObject({ status: 'completed' });
    expect(await deadLetters()).toEqual([]);
    await runAll(isolated);
    expect((await eventsOf(db.database, shuffleCompleted)).map(({ data }) => data.shuffleId)).toEqual([
      second.id,
      first.id,
    ]);
  });
});
