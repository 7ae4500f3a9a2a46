import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { appendEvents } from '#mixins/outbox/append.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { type Restorable, restorable } from '../../test/harness/pristine.ts';
import { completeTask } from './complete-task.handler.ts';
import { completedEvent, type TaskView } from './task.ts';
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
} from './tasks.fixture.ts';

const PIP = popug(1);
const RIO = popug(2);
let db: Restorable<TestDatabase>;
let task: TaskView;

beforeAll(async () => {
  db = await restorable(await openTestDatabase(), 'tasks');
});
afterAll(() => db.close());
/** Makes one open task of Pip. Rio exists but cannot be drawn. */
beforeEach(async () => {
  await db.restore();
  await putUsers(db.database, [
    { id: PIP, name: 'Pip' },
    { id: RIO, roles: ['manager'] },
  ]);
  const [created] = await createTasks(db.database, 1);
  if (created === undefined) throw new Error('no task');
  task = created;
});

const keyed = (key: string) => ({ userId: PIP, route: 'tasks.complete', key, fingerprint: task.id });

describe('an open task', () => {
  it('TASK-7: is completed by its assignee, with its event', async () => {
    const request = requestOf(PIP);
    const done = await completeTask(db.database, task.id, request);
    expect(done).toEqual({ ...task, status: 'done', completedAt: expect.any(String), version: 2 });
    expect(Date.parse(done.completedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(task.createdAt));
    expect(await eventsOf(db.database, taskCompleted)).toEqual([
      {
        aggregate: `task/${task.id}`,
        sequence: 2,
        actorId: PIP,
        actorAddress: '192.0.2.7',
        correlationId: request.cause.correlationId,
        data: {
          taskId: task.id,
          title: 'Task 1',
          externalId: null,
          description: '',
          assigneeId: PIP,
          completedAt: Date.parse(done.completedAt ?? ''),
        },
      },
    ]);
  });

  it('AUTH-6: is completed by its assignee even after they became unassignable', async () => {
    await putUsers(db.database, [{ id: PIP, roles: ['manager'], version: 2 }]);
    expect((await completeTask(db.database, task.id, requestOf(PIP))).status).toBe('done');
  });

  it('TASK-7: is refused to others, managers too, and nothing changes', async () => {
    const before = await everything(db.database);
    await expect(completeTask(db.database, task.id, requestOf(RIO))).rejects.toMatchObject({
      type: 'not_your_task',
      code: 403,
    });
    expect(await everything(db.database)).toEqual(before);
  });

  it('TASK-7: completed eight times at once is completed and published once', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, () => completeTask(db.database, task.id, requestOf(PIP))),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ type: 'task_already_done' });
    }
    expect(await eventsOf(db.database, taskCompleted)).toHaveLength(1);
  });

  it('FAIL-1: stays open if its event cannot be stored', async () => {
    const now = new Date();
    const event = completedEvent(
      {
        id: task.id,
        title: 'x',
        externalId: null,
        description: '',
        status: 'done',
        assigneeId: PIP,
        createdById: PIP,
        createdByName: 'Pip',
        createdAt: now,
        completedAt: now,
        version: 2,
      },
      requestOf(PIP).cause,
    );
    await db.database.inTransaction((tx) => appendEvents(tx, [event]));
    const before = await everything(db.database);
    await expect(completeTask(db.database, task.id, requestOf(PIP, keyed('k')))).rejects.toThrow();
    expect(await everything(db.database)).toEqual(before);
  });

  it('FAIL-1: stays open if the node dies before the commit', async () => {
    const before = await everything(db.database);
    const failing = beforeCommit(db.database, () => Promise.reject(new Error('crash')));
    await expect(completeTask(failing, task.id, requestOf(PIP, keyed('k')))).rejects.toThrow('crash');
    expect(await everything(db.database)).toEqual(before);
  });
});

describe('a done task', () => {
  beforeEach(async () => {
    await completeTask(db.database, task.id, requestOf(PIP, keyed('first')));
  });

  it.each([
    ['its assignee, because it is done', PIP, 'task_already_done', 409],
    ['others, because it is not theirs', RIO, 'not_your_task', 403],
  ])('TASK-7: is refused to %s, and nothing changes', async (_, userId, type, code) => {
    const before = await everything(db.database);
    await expect(completeTask(db.database, task.id, requestOf(userId))).rejects.toMatchObject({ type, code });
    expect(await everything(db.database)).toEqual(before);
  });

  it('answers a repeated key like the first time', async () => {
    const before = await everything(db.database);
    const again = await completeTask(db.database, task.id, requestOf(PIP, keyed('first')));
    expect(again).toMatchObject({ id: task.id, status: 'done', version: 2 });
    expect(await everything(db.database)).toEqual(before);
  });
});

describe('a task that does not exist', () => {
  it('is not found, and nothing changes', async () => {
    const before = await everything(db.database);
    const complete = completeTask(db.database, randomUUID(), requestOf(PIP, keyed('k')));
    await expect(complete).rejects.toMatchObject({ type: 'not_found' });
    expect(await everything(db.database)).toEqual(before);
  });
});
