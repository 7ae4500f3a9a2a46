import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CallScope, runInScope } from '#mixins/call-scope.ts';
import { isDataError } from '#mixins/database/errors.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { type Restorable, restorable } from '../../test/harness/pristine.ts';
import { createTask } from './create-task.handler.ts';
import { TaskQuota } from './task-quota.ts';
import {
  beforeCommit,
  eventsOf,
  everything,
  openTestDatabase,
  popug,
  putUsers,
  requestOf,
  type TestDatabase,
  words,
} from './tasks.fixture.ts';

let db: Restorable<TestDatabase>;
beforeAll(async () => {
  db = await restorable(await openTestDatabase(), 'tasks');
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.restore();
});

const keyed = (key: string, fingerprint = 'f') => ({
  userId: popug(9),
  route: 'tasks.create',
  key,
  fingerprint,
});

describe('a quota of two tasks a minute', () => {
  const title = 'Wash the cage';
  const create = (quota: TaskQuota, key?: string) =>
    createTask(
      db.database,
      { title },
      requestOf(popug(9), key === undefined ? null : keyed(key)),
      words,
      quota,
    );
  const refused = {
    type: 'too_many_requests',
    code: 429,
    data: { retryAfter: expect.any(Number) },
  };

  it('E15, TASK-2: accepts two, however many come at once, and refuses the others without a change', async () => {
    await putUsers(db.database, [{ id: popug(1) }]);
    const quota = new TaskQuota(2);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => create(quota)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await eventsOf(db.database, taskCreated)).toHaveLength(2);
    const before = await everything(db.database);
    await expect(create(quota, 'k1')).rejects.toMatchObject(refused);
    expect(await everything(db.database)).toEqual(before);
    // Each user has their own quota.
    await createTask(db.database, { title }, requestOf(popug(8)), words, quota);
  });

  it('E15, TASK-2: neither counts nor refuses a repeated request', async () => {
    await putUsers(db.database, [{ id: popug(1) }]);
    const quota = new TaskQuota(2);
    const first = await create(quota, 'k1');
    for (let n = 0; n < 5; n++) expect(await create(quota, 'k1')).toEqual(first);
    await create(quota, 'k2');
    expect(await create(quota, 'k1')).toEqual(first);
    await expect(create(quota, 'k3')).rejects.toMatchObject(refused);
  });

  it('E15, TASK-2: does not count refused and failed requests', async () => {
    const quota = new TaskQuota(2);
    for (let n = 0; n < 3; n++) {
      await expect(create(quota)).rejects.toMatchObject({ type: 'nobody_assignable' });
    }
    await putUsers(db.database, [{ id: popug(1) }]);
    const failing = beforeCommit(db.database, async () => {
      throw new Error('The commit fails');
    });
    for (let n = 0; n < 3; n++) {
      const attempt = createTask(failing, { title }, requestOf(popug(9)), words, quota);
      await expect(attempt).rejects.toThrow('The commit fails');
    }
    await create(quota);
    await create(quota);
    await expect(create(quota)).rejects.toMatchObject(refused);
  });
});

describe('with an assignable user', () => {
  beforeEach(() => putUsers(db.database, [{ id: popug(1), name: 'Pip' }]));

  it('TASK-1, TASK-2: a task is created with its assignee, its history and its event', async () => {
    const request = requestOf(popug(9));
    const params = { title: '[POPUG-123] Wash the cage', description: 'Both\nsides' };
    const task = await createTask(db.database, params, request, words);
    expect(task).toEqual({
      id: expect.any(String),
      title: 'Wash the cage',
      externalId: 'POPUG-123',
      description: 'Both\nsides',
      status: 'open',
      assignee: { id: popug(1), name: 'Pip' },
      createdBy: { id: popug(9), name: 'Popug by token' },
      createdAt: expect.any(String),
      completedAt: null,
      version: 1,
    });
    const rows = await db.database.rows('SELECT version, assignee_id, shuffle_id FROM assignment');
    expect(rows).toEqual([{ version: 1, assignee_id: popug(1), shuffle_id: null }]);
    expect(await eventsOf(db.database, taskCreated)).toEqual([
      {
        aggregate: `task/${task.id}`,
        sequence: 1,
        actorId: popug(9),
        actorAddress: '192.0.2.7',
        correlationId: request.cause.correlationId,
        data: {
          taskId: task.id,
          title: 'Wash the cage',
          externalId: 'POPUG-123',
          description: 'Both\nsides',
          assigneeId: popug(1),
          createdById: popug(9),
          createdAt: Date.parse(task.createdAt),
        },
      },
    ]);
  });

  it('TASK-2: concurrent requests share transactions, and each gets its own task, event and refusal', async () => {
    const quota = new TaskQuota(40);
    const create = (n: number) => {
      const request = requestOf(popug(9));
      const scope = new CallScope(performance.now() + 4_500);
      const title = n === 7 ? 'Cage \0' : `Cage ${n}`;
      const created = runInScope(scope, () => createTask(db.database, { title }, request, words, quota));
      return created.then(
        (task) => ({ n, task, ...request.cause }),
        (error: unknown) => ({ n, error }),
      );
    };
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, n) => create(n)));
    const failed = outcomes.flatMap((each) => ('error' in each ? [each] : []));
    // PostgreSQL stores no NUL; the gateway refuses it.
    expect(failed.map(({ n, error }) => [n, isDataError(error)])).toEqual([[7, true]]);
    const events = await eventsOf(db.database, taskCreated);
    expect(events).toHaveLength(39);
    for (const each of outcomes) {
      if (!('task' in each)) continue;
      expect(each.task.title).toBe(`Cage ${each.n}`);
      const own = events.filter(({ correlationId }) => correlationId === each.correlationId);
      expect(own).toMatchObject([{ aggregate: `task/${each.task.id}`, data: { title: `Cage ${each.n}` } }]);
    }
    const rows = await db.database.rows('SELECT FROM assignment JOIN task ON id = task_id');
    expect(rows).toHaveLength(39);
    // The slot of the one that failed is free again.
    await createTask(db.database, { title: 'One more' }, requestOf(popug(9)), words, quota);
    const beyond = createTask(db.database, { title: 'Too many' }, requestOf(popug(9)), words, quota);
    await expect(beyond).rejects.toMatchObject({ type: 'too_many_requests' });
  });

  it('the creator is named by their copy once it has arrived', async () => {
    await putUsers(db.database, [{ id: popug(9), name: 'Mia', roles: ['manager'] }]);
    const task = await createTask(db.database, { title: 'Wash' }, requestOf(popug(9)), words);
    expect(task.createdBy).toEqual({ id: popug(9), name: 'Mia' });
    expect(task.description).toBe('');
  });

  it.each(['[POPUG-123]', `[${'x'.repeat(65)}] Wash`, 'x'.repeat(201)])(
    'TASK-1: the title %j is refused, and nothing changes',
    async (title) => {
      const before = await everything(db.database);
      const create = () => createTask(db.database, { title }, requestOf(popug(9), keyed('k')), words);
      await expect(create()).rejects.toMatchObject({
        type: 'validation_failed',
        data: { errors: [{ field: 'title' }] },
      });
      expect(await everything(db.database)).toEqual(before);
    },
  );

  it('FAIL-1: a failure before the commit leaves nothing behind', async () => {
    const before = await everything(db.database);
    const failing = beforeCommit(db.database, () => Promise.reject(new Error('crash')));
    const create = createTask(failing, { title: 'Wash' }, requestOf(popug(9), keyed('k')), words);
    await expect(create).rejects.toThrow('crash');
    expect(await everything(db.database)).toEqual(before);
  });

  it('the same key gives the first answer, and creates once', async () => {
    const params = { title: 'Wash' };
    const first = await createTask(db.database, params, requestOf(popug(9), keyed('k')), words);
    const again = await createTask(db.database, params, requestOf(popug(9), keyed('k')), words);
    expect(again).toEqual(first);
    expect(await eventsOf(db.database, taskCreated)).toHaveLength(1);
    const other = await createTask(db.database, params, requestOf(popug(9), keyed('l')), words);
    expect(other.id).not.toBe(first.id);
  });

  it('the same key with another body is refused, and nothing changes', async () => {
    await createTask(db.database, { title: 'Wash' }, requestOf(popug(9), keyed('k')), words);
    const before = await everything(db.database);
    const request = requestOf(popug(9), keyed('k', 'other'));
    const create = createTask(db.database, { title: 'Feed' }, request, words);
    await expect(create).rejects.toMatchObject({ type: 'idempotency_key_reused' });
    expect(await everything(db.database)).toEqual(before);
  });

  it('the same key five times at once creates once', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        createTask(db.database, { title: 'Wash' }, requestOf(popug(9), keyed('k')), words),
      ),
    );
    const made = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.id : []));
    expect(new Set(made).size).toBe(1);
    for (const answer of answers) {
      if (answer.status === 'rejected') {
        expect(answer.reason).toMatchObject({ type: 'idempotency_key_in_use' });
      }
    }
    expect(await eventsOf(db.database, taskCreated)).toHaveLength(1);
  });
});

describe('with no assignable user', () => {
  it.each([
    ['nobody at all', []],
    [
      'managers, admins and inactive users',
      [
        { id: popug(1), roles: ['manager'] },
        { id: popug(2), roles: ['developer', 'admin'] },
        { id: popug(3), active: false },
      ],
    ],
  ])('TASK-2: creation is refused and nothing changes: %s', async (_, users) => {
    if (users.length > 0) await putUsers(db.database, users);
    const before = await everything(db.database);
    const create = createTask(db.database, { title: 'Wash' }, requestOf(popug(9), keyed('k')), words);
    await expect(create).rejects.toMatchObject({ type: 'nobody_assignable', code: 409 });
    expect(await everything(db.database)).toEqual(before);
  });

  it('the key of a refused creation may be used again once somebody is assignable', async () => {
    const create = () => createTask(db.database, { title: 'Wash' }, requestOf(popug(9), keyed('k')), words);
    await expect(create()).rejects.toMatchObject({ type: 'nobody_assignable' });
    await putUsers(db.database, [{ id: popug(1) }]);
    expect((await create()).assignee.id).toBe(popug(1));
  });
});

describe('among many people', () => {
  it('TASK-3: every assignable user is drawn, and nobody else', async () => {
    await putUsers(db.database, [
      { id: popug(1) },
      { id: popug(2), roles: [] },
      { id: popug(3), roles: ['boss', 'accountant'] },
      { id: popug(4), roles: ['manager'] },
      { id: popug(5), roles: ['developer', 'admin'] },
      { id: popug(6), active: false },
    ]);
    const counts = new Map<string, number>();
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let n = 0; n < 30; n++) {
          const { assignee } = await createTask(db.database, { title: 'Wash' }, requestOf(popug(9)), words);
          counts.set(assignee.id, (counts.get(assignee.id) ?? 0) + 1);
        }
      }),
    );
    expect([...counts.keys()].sort()).toEqual([popug(1), popug(2), popug(3)]);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
    // Exceeded by one in a million uniform samples with 2 degrees of freedom.
    expect(chiSquare).toBeLessThan(27.6);
  });

  it('TASK-3: a user who joins after a draw can be drawn next, and a user who left cannot', async () => {
    await putUsers(db.database, [{ id: popug(1) }]);
    const drawn = async () =>
      (await createTask(db.database, { title: 'Wash' }, requestOf(popug(9)), words)).assignee.id;
    expect(await drawn()).toBe(popug(1));
    await putUsers(db.database, [{ id: popug(1), active: false, version: 2 }, { id: popug(2) }]);
    expect(await drawn()).toBe(popug(2));
    await putUsers(db.database, [{ id: popug(2), active: false, version: 2 }]);
    const before = await everything(db.database);
    await expect(drawn()).rejects.toMatchObject({ type: 'nobody_assignable' });
    expect(await everything(db.database)).toEqual(before);
    await putUsers(db.database, [{ id: popug(3) }]);
    expect(await drawn()).toBe(popug(3));
  });

  it('TASK-3: a draw that began after a user left never picks them, while others come and go', async () => {
    const people = Array.from({ length: 20 }, (_, n) => popug(n + 1));
    await putUsers(
      db.database,
      people.map((id) => ({ id })),
    );
    const leftAt = new Map<string, number>();
    let running = true;
    const changing = (async () => {
      for (let version = 2; version < 30; version++) {
        const leaver = people[version % 15] ?? '';
        await putUsers(db.database, [{ id: leaver, active: false, version }]);
        leftAt.set(leaver, version);
        const back = people[(version + 7) % 15] ?? '';
        leftAt.delete(back);
        await putUsers(db.database, [{ id: back, version }]);
      }
      running = false;
    })();
    const wrong: string[] = [];
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        while (running) {
          const gone = new Map(leftAt);
          const { assignee } = await createTask(
            db.database,
            { title: randomUUID() },
            requestOf(popug(9)),
            words,
          );
          // Users who came back meanwhile may be drawn.
          const since = gone.get(assignee.id);
          if (since !== undefined && since === leftAt.get(assignee.id)) wrong.push(assignee.id);
        }
      }),
    );
    await changing;
    expect(wrong).toEqual([]);
  });
});
