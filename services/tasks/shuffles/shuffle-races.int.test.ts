/** Shuffles during completions, other runners and crashes (TASK-5, TASK-6, FAIL-5). */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { shuffleCompleted } from '#schemas/events/tasks/shuffle-completed.v1.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { type Restorable, restorable } from '../../../test/harness/pristine.ts';
import { until } from '../../../test/harness/wait.ts';
import { completeTask } from '../complete-task.handler.ts';
import { readShuffle } from '../read-task.query.ts';
import { completeOpenTask, findTask } from '../task.store.ts';
import type { TaskView } from '../task.ts';
import {
  beforeCommit,
  createTasks,
  eventsOf,
  everything,
  openTestDatabase,
  popug,
  putUsers,
  requestOf,
  type TestDatabase,
} from '../tasks.fixture.ts';
import { pressShuffle } from './press-shuffle.handler.ts';
import { ShuffleRunner } from './run-shuffle.handler.ts';

const [PIP, RIO, MIA] = [popug(1), popug(2), popug(9)];
let db: Restorable<TestDatabase>;
beforeAll(async () => {
  db = await restorable(await openTestDatabase(), 'tasks');
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.restore();
  await putUsers(db.database, [{ id: PIP }]);
});

const press = () => pressShuffle(db.database, requestOf(MIA));

async function runAll(runner = new ShuffleRunner(db.database)): Promise<void> {
  while ((await runner.runOnce()).outcome !== 'idle');
}

/** Resolves when a transaction of this database waits for a lock. */
const somebodyWaits = () =>
  until(
    async () => {
      const [row] = await db.database.rows<{ waiting: number }>(
        `SELECT count(*) AS waiting FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return (row?.waiting ?? 0) > 0;
    },
    { what: 'a transaction to wait for a lock' },
  );

/** A step that signals when it is reached, and waits until it is released. */
function gate() {
  const reached = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  const pass = async () => {
    reached.resolve();
    await open.promise;
  };
  return { pass, reached: reached.promise, open: () => open.resolve() };
}

describe('a completion and a chunk that want the same task', () => {
  let task: TaskView;
  beforeEach(async () => {
    [task] = (await createTasks(db.database, 3)) as [TaskView];
    // From now on only Rio can be drawn.
    await putUsers(db.database, [{ id: PIP, roles: ['manager'], version: 2 }, { id: RIO }]);
    await press();
  });

  it('TASK-6: if the completion locks the row first, the chunk waits and leaves the task out', async () => {
    const held = gate();
    const completing = completeTask(beforeCommit(db.database, held.pass), task.id, requestOf(PIP));
    await held.reached;
    const drawing = new ShuffleRunner(db.database).runOnce();
    await somebodyWaits();
    held.open();
    expect(await completing).toMatchObject({ status: 'done', version: 2 });
    expect(await drawing).toMatchObject({ outcome: 'drawn', tasks: 2 });
    expect(await findTask(db.database, task.id)).toMatchObject({
      status: 'done',
      assigneeId: PIP,
      version: 2,
    });
    expect((await eventsOf(db.database, taskReassigned)).map(({ data }) => data.taskId)).not.toContain(
      task.id,
    );
  });

  it('TASK-6: if the chunk locks the row first, the completion waits and is refused', async () => {
    const held = gate();
    const drawing = new ShuffleRunner(beforeCommit(db.database, held.pass)).runOnce();
    await held.reached;
    const completing = completeTask(db.database, task.id, requestOf(PIP));
    const refused = expect(completing).rejects.toMatchObject({ type: 'not_your_task' });
    await somebodyWaits();
    held.open();
    await drawing;
    await refused;
    expect(await findTask(db.database, task.id)).toMatchObject({
      status: 'open',
      assigneeId: RIO,
      version: 2,
    });
    expect(await eventsOf(db.database, taskCompleted)).toEqual([]);
    await completeTask(db.database, task.id, requestOf(RIO));
  });

  it('TASK-6: a completion that rolls back leaves the task to the chunk', async () => {
    const held = gate();
    const completing = db.database.inTransaction(async (tx) => {
      await completeOpenTask(tx, task.id, PIP);
      await held.pass();
      throw new Error('crash');
    });
    const crashed = expect(completing).rejects.toThrow('crash');
    await held.reached;
    const drawing = new ShuffleRunner(db.database).runOnce();
    await somebodyWaits();
    held.open();
    await crashed;
    expect(await drawing).toMatchObject({ tasks: 3 });
  });

  it('TASK-6: a completion succeeds if the chunk draws the same person', async () => {
    await putUsers(db.database, [
      { id: PIP, version: 3 },
      { id: RIO, roles: ['manager'], version: 2 },
    ]);
    const held = gate();
    const drawing = new ShuffleRunner(beforeCommit(db.database, held.pass)).runOnce();
    await held.reached;
    const completing = completeTask(db.database, task.id, requestOf(PIP));
    await somebodyWaits();
    held.open();
    await drawing;
    expect(await completing).toMatchObject({ status: 'done', version: 3, assignee: { id: PIP } });
  });
});

describe('two runners', () => {
  it('one draws; the other stands by and takes over', async () => {
    await createTasks(db.database, 6);
    const { id } = await press();
    const held = gate();
    const first = new ShuffleRunner(beforeCommit(db.database, held.pass), 4);
    const second = new ShuffleRunner(db.database, 4);
    const drawing = first.runOnce();
    await held.reached;
    expect(await second.runOnce()).toEqual({ outcome: 'standby' });
    held.open();
    expect(await drawing).toMatchObject({ outcome: 'drawn', tasks: 4 });
    expect(await second.runOnce()).toMatchObject({ outcome: 'drawn', tasks: 2 });
    expect(await first.runOnce()).toMatchObject({ outcome: 'completed', tasks: 6 });
    expect(await readShuffle(db.database, id)).toMatchObject({ status: 'completed', done: 6 });
  });
});

describe('a runner that dies', () => {
  it('TASK-5: inside a chunk leaves nothing of it behind, and another continues', async () => {
    await createTasks(db.database, 6);
    await press();
    const dying = beforeCommit(db.database, () => Promise.reject(new Error('crash')));
    const before = await everything(db.database);
    await expect(new ShuffleRunner(dying).runOnce()).rejects.toThrow('crash');
    expect(await everything(db.database)).toEqual(before);
    await runAll();
    await expectDrawnOnce(6);
  });

  it('TASK-5: inside the completion publishes it once, when another continues', async () => {
    await createTasks(db.database, 2);
    await press();
    await new ShuffleRunner(db.database).runOnce();
    const dying = beforeCommit(db.database, () => Promise.reject(new Error('crash')));
    await expect(new ShuffleRunner(dying).runOnce()).rejects.toThrow('crash');
    expect(await eventsOf(db.database, shuffleCompleted)).toEqual([]);
    await runAll();
    await expectDrawnOnce(2);
  });

  it('TASK-5, FAIL-5: killed five times at any point, every task is drawn exactly once', async () => {
    const TASKS = 10_000;
    await putUsers(db.database, [{ id: RIO }]);
    await insertTasks(TASKS);
    const { id } = await press();
    for (let kills = 0; kills < 5; kills++) {
      const { done } = await readShuffle(db.database, id);
      const runner = startRunner();
      try {
        await until(async () => (await readShuffle(db.database, id)).done > done, {
          every: 1,
          within: 30_000,
        });
      } finally {
        runner.kill('SIGKILL');
        await once(runner, 'exit');
      }
    }
    expect((await readShuffle(db.database, id)).status).toBe('running');
    await runAll();
    await expectDrawnOnce(TASKS);
  });
});

/** A separate process that runs shuffles with small chunks until it is killed. */
function startRunner(): ChildProcess {
  const script = fileURLToPath(new URL('./runner.fixture.ts', import.meta.url));
  const { databaseUrl, namespace } = db.config;
  return spawn(process.execPath, [script, databaseUrl ?? '', namespace], { stdio: 'inherit' });
}

/** Inserts many tasks of Pip at once, without events. */
function insertTasks(count: number): Promise<number> {
  return db.database.inTransaction((tx) =>
    tx.run(
      `WITH made AS (
         INSERT INTO task (id, title, description, assignee_id, created_by_id, created_by_name, created_at)
         SELECT gen_random_uuid(), 'Task ' || n, '', $1::uuid, $1::uuid, 'Pip', now() FROM generate_series(1, $2::integer) AS n
         RETURNING *
       ) INSERT INTO assignment (task_id, version, assignee_id, assigned_at)
       SELECT id, version, assignee_id, created_at FROM made`,
      [PIP, count],
    ),
  );
}

/** Each task has version 2, one assignment by the shuffle and one event. The sums match. */
async function expectDrawnOnce(count: number): Promise<void> {
  const [sums] = await db.database.rows(
    `SELECT count(*) AS tasks, count(*) FILTER (WHERE task.version = 2) AS versions,
       count(DISTINCT o.aggregate) AS events, count(assignment.task_id) AS assignments,
       count(*) FILTER (WHERE assignment.assignee_id = task.assignee_id) AS current
     FROM task
     LEFT JOIN assignment ON task_id = task.id AND shuffle_id IS NOT NULL
     LEFT JOIN outbox o ON o.aggregate = 'task/' || task.id AND o.type = $1`,
    [taskReassigned.type],
  );
  expect(sums).toEqual({ tasks: count, versions: count, events: count, assignments: count, current: count });
  const [completed, ...others] = await eventsOf(db.database, shuffleCompleted);
  expect(others).toEqual([]);
  const drawn = await db.database.rows(
    `SELECT assignee_id AS "assigneeId", count(*) AS "tasksDrawn" FROM assignment
     WHERE shuffle_id IS NOT NULL GROUP BY assignee_id ORDER BY assignee_id`,
  );
  expect(completed?.data).toMatchObject({ tasksDrawn: count, byAssignee: drawn });
}
