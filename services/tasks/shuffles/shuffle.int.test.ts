import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { shuffleCompleted } from '#schemas/events/tasks/shuffle-completed.v1.ts';
import { shuffleRequested } from '#schemas/events/tasks/shuffle-requested.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { type Restorable, restorable } from '../../../test/harness/pristine.ts';
import { completeTask } from '../complete-task.handler.ts';
import { populationAt } from '../population.store.ts';
import { EMPTY_POPULATION } from '../population.ts';
import { readAssignments, readShuffle } from '../read-task.query.ts';
import type { TaskView } from '../task.ts';
import {
  createTasks,
  eventsOf,
  everything,
  openTestDatabase,
  popug,
  putUsers,
  requestOf,
  type TestDatabase,
} from '../tasks.fixture.ts';
import { pressShuffle, shufflePressed } from './press-shuffle.handler.ts';
import { type Pass, ShuffleRunner } from './run-shuffle.handler.ts';
import { findChunks } from './shuffle.store.ts';
import { assigneeDraws } from './shuffle.ts';

const [PIP, RIO, MIA] = [popug(1), popug(2), popug(9)];
let db: Restorable<TestDatabase>;
beforeAll(async () => {
  db = await restorable(await openTestDatabase(), 'tasks');
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.restore();
});

const press = (key?: string) => {
  const idempotency =
    key === undefined ? null : { userId: MIA, route: 'tasks.shuffle', key, fingerprint: 'f' };
  return pressShuffle(db.database, requestOf(MIA, idempotency));
};
const runner = (maxChunkSize = 4) => new ShuffleRunner(db.database, maxChunkSize);

/** Makes passes until no work is left. Returns the result of each. */
async function runAll(by = runner()): Promise<Pass[]> {
  const passes: Pass[] = [];
  for (;;) {
    const pass = await by.runOnce();
    if (pass.outcome === 'idle') return passes;
    passes.push(pass);
  }
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly assignee: string;
  readonly version: number;
}

const tasksNow = () =>
  db.database.rows<Row>('SELECT id, status, assignee_id AS assignee, version FROM task ORDER BY position');

const historyOf = async (task: TaskView) =>
  (await readAssignments(db.database, { id: task.id, limit: 200 })).items;

describe('with open and done tasks', () => {
  let tasks: TaskView[];
  beforeEach(async () => {
    await putUsers(db.database, [{ id: PIP }, { id: RIO }]);
    tasks = await createTasks(db.database, 10);
    const third = tasks[2];
    if (third !== undefined) await completeTask(db.database, third.id, requestOf(third.assignee.id));
  });

  it('TASK-5: a press answers at once, and changes no task', async () => {
    const before = await tasksNow();
    let woken = 0;
    const unlisten = shufflePressed.of(db.database).listen(() => woken++);
    const pressed = await pressShuffle(db.database, requestOf(MIA));
    unlisten();
    expect(pressed).toMatchObject({ status: 'running', total: 9, done: 0 });
    expect(await readShuffle(db.database, pressed.id)).toEqual(pressed);
    expect(woken).toBe(1);
    expect(await tasksNow()).toEqual(before);
  });

  it('TASK-5: every open task is drawn again, in chunks, and every draw is a new assignment', async () => {
    const { id } = await press();
    const passes = await runAll();
    expect(passes.map(({ outcome }) => outcome)).toEqual(['drawn', 'drawn', 'drawn', 'completed']);
    expect(await readShuffle(db.database, id)).toMatchObject({ id, status: 'completed', total: 9, done: 9 });
    const now = await tasksNow();
    expect(now.map(({ status, version }) => [status, version])).toEqual(
      tasks.map((_, n) => (n === 2 ? ['done', 2] : ['open', 2])),
    );
    for (const [n, task] of tasks.entries()) {
      const history = await historyOf(task);
      expect(history.map(({ version, shuffleId }) => [version, shuffleId])).toEqual(
        n === 2
          ? [[1, null]]
          : [
              [1, null],
              [2, id],
            ],
      );
      expect(history.at(-1)?.assignee.id).toBe(now[n]?.assignee);
    }
  });

  it('TASK-5, FAIL-1: each draw is published, in the name of the user who pressed the button', async () => {
    const { id } = await press();
    await runAll();
    const now = await tasksNow();
    const events = await eventsOf(db.database, taskReassigned);
    expect(
      events.map(({ aggregate, sequence, actorId, actorAddress, data }) => [
        aggregate,
        sequence,
        actorId,
        actorAddress,
        data.previousAssigneeId,
        data.assigneeId,
        data.shuffleId,
        data.title,
      ]),
    ).toEqual(
      tasks.flatMap((task, n) =>
        n === 2
          ? []
          : [[`task/${task.id}`, 2, MIA, '192.0.2.7', task.assignee.id, now[n]?.assignee, id, task.title]],
      ),
    );
    const [completed, ...others] = await eventsOf(db.database, shuffleCompleted);
    expect(others).toEqual([]);
    expect(completed).toMatchObject({
      aggregate: `shuffle/${id}`,
      sequence: 2,
      actorId: MIA,
      data: { shuffleId: id, requestedById: MIA, tasksDrawn: 9, part: 1, parts: 1 },
    });
    const drawnFor = (userId: string) => events.filter(({ data }) => data.assigneeId === userId).length;
    expect(completed?.data.byAssignee).toEqual(
      [PIP, RIO].filter(drawnFor).map((assigneeId) => ({ assigneeId, tasksDrawn: drawnFor(assigneeId) })),
    );
  });

  it('TASK-5, AUD-1: the request is published before anything is drawn', async () => {
    const { id } = await press();
    const [requested, ...others] = await eventsOf(db.database, shuffleRequested);
    expect(others).toEqual([]);
    expect(requested).toMatchObject({
      aggregate: `shuffle/${id}`,
      sequence: 1,
      actorId: MIA,
      actorAddress: '192.0.2.7',
      data: { shuffleId: id, requestedById: MIA, tasksOpen: 9 },
    });
    expect(await eventsOf(db.database, shuffleCompleted)).toEqual([]);
  });

  it('TASK-5: the draw can be repeated from the recorded data', async () => {
    const { id } = await press();
    await runAll();
    const drawn: string[] = [];
    for (const chunk of await findChunks(db.database, id, 0, 100)) {
      const version = { version: chunk.populationVersion, size: chunk.populationSize };
      const population = await populationAt(db.database, EMPTY_POPULATION, version);
      const draw = assigneeDraws(chunk.seed, population);
      for (let n = 0; n < chunk.drawn; n++) drawn.push(draw());
    }
    const open = (await tasksNow()).filter(({ status }) => status === 'open');
    expect(open.map(({ assignee }) => assignee)).toEqual(drawn);
  });

  it('TASK-5: a task created after the press is not drawn', async () => {
    const { id } = await press();
    const [later] = await createTasks(db.database, 1);
    await runAll();
    expect(await historyOf(later as TaskView)).toHaveLength(1);
    expect(await readShuffle(db.database, id)).toMatchObject({ total: 9, done: 9 });
  });

  it('TASK-6: a task completed before the shuffle reaches it stays with its assignee', async () => {
    const { id } = await press();
    const by = runner();
    await by.runOnce();
    const last = tasks[9] as TaskView;
    await completeTask(db.database, last.id, requestOf(last.assignee.id));
    await runAll(by);
    expect(await historyOf(last)).toHaveLength(1);
    expect((await tasksNow())[9]).toMatchObject({ status: 'done', assignee: last.assignee.id, version: 2 });
    expect(await readShuffle(db.database, id)).toMatchObject({ id, status: 'completed', total: 9, done: 8 });
    expect((await eventsOf(db.database, shuffleCompleted))[0]?.data.tasksDrawn).toBe(8);
  });

  it('TASK-6: once the shuffle has drawn a task, only the new assignee can complete it', async () => {
    await press();
    await runAll();
    const [first] = await tasksNow();
    const former = first?.assignee === PIP ? RIO : PIP;
    const before = await everything(db.database);
    const id = first?.id ?? '';
    await expect(completeTask(db.database, id, requestOf(former))).rejects.toMatchObject({
      type: 'not_your_task',
    });
    expect(await everything(db.database)).toEqual(before);
    await completeTask(db.database, id, requestOf(first?.assignee ?? ''));
  });

  it('TASK-5: pressed twice, one shuffle runs after the other, and each draws every task', async () => {
    const pressed = await Promise.all([press(), press()]);
    const passes = await runAll();
    const order = passes.flatMap((pass) => ('shuffleId' in pass ? pass.shuffleId : []));
    expect(order).toHaveLength(8);
    expect(new Set(order.slice(0, 4)).size).toBe(1);
    expect(new Set(order.slice(4)).size).toBe(1);
    expect(new Set(order)).toEqual(new Set(pressed.map(({ id }) => id)));
    expect((await historyOf(tasks[0] as TaskView)).map(({ shuffleId }) => shuffleId)).toEqual([
      null,
      order[0],
      order[7],
    ]);
  });

  it('TASK-5: pressed in the middle of one, the second waits until the first is done', async () => {
    const first = await press();
    const by = runner();
    await by.runOnce();
    const second = await press();
    const passes = await runAll(by);
    expect(passes.map((pass) => ('shuffleId' in pass ? pass.shuffleId : ''))).toEqual([
      ...Array.from({ length: 3 }, () => first.id),
      ...Array.from({ length: 4 }, () => second.id),
    ]);
  });

  it('the same key starts one shuffle', async () => {
    const first = await press('k');
    const before = await everything(db.database);
    expect(await press('k')).toEqual(first);
    expect(await everything(db.database)).toEqual(before);
  });

  it('TASK-3: a user who is deactivated in the middle is not drawn any more', async () => {
    await press();
    const by = runner();
    await by.runOnce();
    await putUsers(db.database, [{ id: PIP, active: false, version: 2 }]);
    await runAll(by);
    const later = (await tasksNow()).slice(5);
    expect(later.map(({ assignee }) => assignee)).toEqual(later.map(() => RIO));
  });

  it('AUTH-6: a user who becomes unassignable keeps their tasks until the next shuffle', async () => {
    const before = await tasksNow();
    await putUsers(db.database, [{ id: PIP, roles: ['manager'], version: 2 }]);
    expect(await tasksNow()).toEqual(before);
    await press();
    await runAll();
    const open = (await tasksNow()).filter(({ status }) => status === 'open');
    expect(new Set(open.map(({ assignee }) => assignee))).toEqual(new Set([RIO]));
  });

  it('if nobody is assignable any more, it completes with the tasks drawn so far', async () => {
    const { id } = await press();
    const by = runner();
    await by.runOnce();
    const after = await tasksNow();
    await putUsers(db.database, [
      { id: PIP, active: false, version: 2 },
      { id: RIO, active: false, version: 2 },
    ]);
    expect((await runAll(by)).map(({ outcome }) => outcome)).toEqual(['completed']);
    expect(await tasksNow()).toEqual(after);
    expect(await readShuffle(db.database, id)).toMatchObject({ id, status: 'completed', total: 9, done: 4 });
    const [event] = await eventsOf(db.database, shuffleCompleted);
    expect(event?.data.byAssignee.reduce((sum, { tasksDrawn }) => sum + tasksDrawn, 0)).toBe(4);
  });

  it('a press without assignable users is refused, and nothing changes', async () => {
    await putUsers(db.database, [
      { id: PIP, active: false, version: 2 },
      { id: RIO, roles: ['admin'], version: 2 },
    ]);
    const before = await everything(db.database);
    await expect(press('k')).rejects.toMatchObject({ type: 'nobody_assignable', code: 409 });
    expect(await everything(db.database)).toEqual(before);
  });

  it('a shuffle that does not exist is not found', async () => {
    await expect(readShuffle(db.database, randomUUID())).rejects.toMatchObject({ type: 'not_found' });
    const history = readAssignments(db.database, { id: randomUUID(), limit: 5 });
    await expect(history).rejects.toMatchObject({ type: 'not_found' });
  });

  it('TASK-10: the history is paged, first assignment first, each with the shuffle that caused it', async () => {
    const shuffles: string[] = [];
    for (let n = 0; n < 4; n++) {
      shuffles.push((await press()).id);
      await runAll();
    }
    const id = tasks[0]?.id ?? '';
    const assignments: Awaited<ReturnType<typeof readAssignments>>['items'][number][] = [];
    let cursor: string | undefined;
    do {
      const page = await readAssignments(db.database, { id, limit: 2, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      assignments.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(assignments.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(assignments.map(({ shuffleId }) => shuffleId)).toEqual([null, ...shuffles]);
    const wrong = readAssignments(db.database, { id, limit: 2, cursor: '-1' });
    await expect(wrong).rejects.toMatchObject({ type: 'invalid_cursor' });
  });
});

describe('with no open tasks', () => {
  it('a shuffle has a total of 0, and completes', async () => {
    await putUsers(db.database, [{ id: PIP }]);
    const pressed = await press();
    expect(pressed).toMatchObject({ status: 'running', total: 0, done: 0 });
    expect((await runAll()).map(({ outcome }) => outcome)).toEqual(['completed']);
    expect(await readShuffle(db.database, pressed.id)).toMatchObject({
      status: 'completed',
      total: 0,
      done: 0,
    });
    const [event] = await eventsOf(db.database, shuffleCompleted);
    expect(event?.data).toMatchObject({ tasksDrawn: 0, byAssignee: [] });
  });
});
