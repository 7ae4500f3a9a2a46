import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TASK_SORTS } from '#schemas/actions/tasks/list.ts';
import { readTask } from '../read-task.query.ts';
import type { TaskView } from '../task.ts';
import { openTestDatabase, popug, putUsers, type TestDatabase } from '../tasks.fixture.ts';
import { countTasks } from './count-tasks.query.ts';
import { listTasks } from './list-tasks.query.ts';
import type { ListParams } from './task-list.ts';

const [PIP, RIO] = [popug(1), popug(2)];
let db: TestDatabase;

interface Sample {
  readonly title: string;
  readonly externalId?: string;
  readonly description?: string;
  readonly assigneeId?: string;
  readonly createdById?: string;
  readonly day: number;
  /** The day of completion in March. Without it the task is open. */
  readonly done?: number;
}

const insert = (samples: readonly Sample[]) =>
  db.database.inTransaction((tx) =>
    tx.run(
      `INSERT INTO task (id, title, external_id, description, status, assignee_id, created_by_id, created_by_name, created_at, completed_at)
       SELECT s.* FROM json_to_recordset($1) AS s(id uuid, title text, external_id text, description text, status text,
         assignee_id uuid, created_by_id uuid, created_by_name text, created_at timestamptz, completed_at timestamptz)`,
      [
        JSON.stringify(
          samples.map(({ title, externalId, description, assigneeId, createdById, day, done }) => ({
            id: randomUUID(),
            title,
            external_id: externalId ?? null,
            description: description ?? '',
            status: done === undefined ? 'open' : 'done',
            assignee_id: assigneeId ?? PIP,
            created_by_id: createdById ?? popug(99),
            created_by_name: 'Mia by token',
            created_at: new Date(Date.UTC(2026, 1, day)),
            completed_at: done === undefined ? null : new Date(Date.UTC(2026, 2, done)),
          })),
        ),
      ],
    ),
  );

const list = (params: Partial<ListParams> = {}, userId = PIP) =>
  listTasks(db.database, { limit: 200, sort: '-createdAt', ...params }, userId);
const titles = async (params: Partial<ListParams>, userId?: string) =>
  (await list({ sort: 'title', ...params }, userId)).items.map(({ title }) => title);

async function pages(params: Partial<ListParams>, between: () => Promise<unknown> = async () => {}) {
  const items: TaskView[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ ...params, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
    await between();
  } while (cursor !== undefined);
  return items;
}

describe('a list of tasks with many ties', () => {
  beforeAll(async () => {
    db = await openTestDatabase();
    await putUsers(db.database, [{ id: PIP, name: 'Pip' }]);
    const samples = Array.from({ length: 60 }, (_, n) => ({
      title: ['wash', 'Wash', 'Feed', 'éclair'][n % 4] ?? '',
      day: (n % 3) + 1,
      ...(n % 2 === 0 ? { done: (n % 5) + 1 } : {}),
    }));
    await insert(samples);
  });
  afterAll(() => db.close());

  it.each(TASK_SORTS)('TASK-8: by %s has every task once, in one order, page by page', async (sort) => {
    const whole = (await list({ sort })).items;
    expect(whole).toHaveLength(60);
    expect(new Set(whole.map(({ id }) => id)).size).toBe(60);
    for (const limit of [1, 7, 59, 60]) expect(await pages({ sort, limit })).toEqual(whole);

    const field = sort.replace('-', '') as 'createdAt' | 'completedAt' | 'title';
    const keys = whole.map((task) => task[field]?.toLowerCase() ?? null);
    const known = keys.filter((key) => key !== null);
    const sorted = known.toSorted();
    expect(known).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted);
    expect(keys.slice(known.length).every((key) => key === null)).toBe(true);
  });

  it.each(TASK_SORTS)('TASK-8: by %s stays in order with a filter', async (sort) => {
    const whole = (await list({ sort })).items;
    for (const status of ['open', 'done'] as const) {
      const narrowed = whole.filter((task) => task.status === status);
      expect(await pages({ sort, status, limit: 4 })).toEqual(narrowed);
    }
  });

  it('has no next page after its last task', async () => {
    expect((await list({ limit: 60 })).nextCursor).toBeNull();
    expect((await list({ limit: 59 })).nextCursor).toEqual(expect.any(String));
    expect(await list({ assignee: RIO })).toEqual({ items: [], nextCursor: null });
  });

  it('names the people whose copy has arrived', async () => {
    const [task] = (await list({ limit: 1 })).items;
    expect(task).toMatchObject({
      assignee: { id: PIP, name: 'Pip' },
      createdBy: { id: popug(99), name: 'Mia by token' },
    });
    expect(await readTask(db.database, task?.id ?? '')).toEqual(task);
    await expect(readTask(db.database, randomUUID())).rejects.toMatchObject({ type: 'not_found' });
  });

  it.each(['nonsense', 'bnVsbA'])('refuses the cursor %s', async (cursor) => {
    await expect(list({ cursor })).rejects.toMatchObject({ type: 'invalid_cursor' });
  });

  it('refuses the cursor of another order, and one of a task that does not exist', async () => {
    const { nextCursor } = await list({ limit: 1, sort: 'createdAt' });
    const cursor = nextCursor ?? '';
    await expect(list({ cursor, sort: '-createdAt' })).rejects.toMatchObject({ type: 'invalid_cursor' });
    const unknown = Buffer.from(JSON.stringify(['title', null, popug(7)])).toString('base64url');
    await expect(list({ cursor: unknown, sort: 'title' })).rejects.toMatchObject({ type: 'invalid_cursor' });
  });
});

describe('a list of tasks', () => {
  beforeAll(async () => {
    db = await openTestDatabase();
    await insert([
      { title: 'a 100% clean cage', day: 1 },
      { title: 'b 100 clean cages', externalId: 'POPUG-1', day: 2, assigneeId: RIO, createdById: popug(98) },
      { title: 'c under_score', day: 3, done: 1, description: 'Seeds\nand NUTS' },
      { title: 'd back\\slash', day: 4, done: 2, assigneeId: RIO },
      { title: "e O'Hara's Käfig", day: 5, externalId: 'popug-12' },
    ]);
  });
  afterAll(() => db.close());

  it.each<[Partial<ListParams>, string]>([
    [{ status: 'open' }, 'abe'],
    [{ status: 'done' }, 'cd'],
    [{ assignee: RIO }, 'bd'],
    [{ assignee: RIO.toUpperCase() }, 'bd'],
    [{ assignee: 'me' }, 'ace'],
    [{ assignee: 'me', status: 'done' }, 'c'],
    [{ text: 'CAGE' }, 'ab'],
    [{ text: '100%' }, 'a'],
    [{ text: '_' }, 'c'],
    [{ text: '\\' }, 'd'],
    [{ text: "o'hara" }, 'e'],
    [{ text: 'KÄFIG' }, 'e'],
    [{ text: 'POPUG-1' }, 'be'],
    [{ text: 'nuts' }, 'c'],
    [{ text: '%' }, 'a'],
    [{ createdFrom: '2026-02-02', createdTo: '2026-02-03' }, 'bc'],
    [{ createdFrom: '2026-02-02T00:00:00Z', createdTo: '2026-02-03T00:00:00Z' }, 'b'],
    [{ createdFrom: '2026-02-02T00:00:00.001Z' }, 'cde'],
    [{ createdTo: '2026-02-02T01:00+01:00' }, 'a'],
    [{ completedFrom: '2026-03-01', completedTo: '2026-03-01' }, 'c'],
    [{ completedFrom: '2026-03-01T00:00:00.001Z' }, 'd'],
    [{ completedTo: '2026-03-02T00:00Z', status: 'done' }, 'c'],
    [{ completedFrom: '2026-01-01', status: 'open' }, ''],
    [{ completedFrom: '2026-01-01', text: 'back' }, 'd'],
    [{ createdBy: popug(98) }, 'b'],
    [{ createdBy: popug(99), status: 'done' }, 'cd'],
    [{ createdBy: popug(99), assignee: RIO, text: 'slash' }, 'd'],
    [{ createdBy: PIP }, ''],
    [{ createdFrom: '2026-02-04', status: 'open', assignee: 'me', text: 'käfig' }, 'e'],
  ])('TASK-8: with %j', async (params, expected) => {
    expect((await titles(params)).map((title) => title[0]).join('')).toBe(expected);
  });

  it('TASK-7: me is the caller', async () => {
    expect((await titles({ assignee: 'me' }, RIO)).map((title) => title[0])).toEqual(['b', 'd']);
    expect(await titles({ assignee: 'me' }, popug(3))).toEqual([]);
  });

  it.each(['createdFrom', 'createdTo', 'completedFrom', 'completedTo'])(
    'TASK-8: a %s that does not exist is refused',
    async (field) => {
      await expect(list({ [field]: '2026-02-30' })).rejects.toMatchObject({
        type: 'validation_failed',
        data: { errors: [{ field }] },
      });
    },
  );

  it.each(TASK_SORTS)('TASK-8: by %s, pages of done tasks by creator are complete', async (sort) => {
    const params = { sort, createdBy: popug(99), completedFrom: '2026-03-01' };
    const whole = (await list(params)).items;
    expect(whole).toHaveLength(2);
    expect(await pages({ ...params, limit: 1 })).toEqual(whole);
  });

  it('TASK-8: counts open, own open and done tasks, and people, up to a limit', async () => {
    await putUsers(db.database, [{ id: PIP }, { id: RIO }, { id: popug(3), roles: ['manager'] }]);
    const exact = (count: number) => ({ count, capped: false });
    expect(await countTasks(db.database, PIP)).toEqual({
      open: exact(3),
      mine: exact(2),
      done: exact(2),
      assignable: exact(2),
    });
    expect(await countTasks(db.database, popug(3), 2)).toEqual({
      open: { count: 2, capped: true },
      mine: exact(0),
      done: exact(2),
      assignable: exact(2),
    });
  });

  it('TASK-8: tasks that come and go meanwhile do not move pages', async () => {
    const whole = (await list({ sort: 'createdAt' })).items;
    let day = 10;
    const seen = await pages({ sort: 'createdAt', limit: 2, createdTo: '2026-02-05' }, () =>
      insert([
        { title: 'z later', day: day++ },
        { title: 'z earlier', day: 1, done: 9, assigneeId: popug(50) },
      ]),
    );
    const ids = new Set(whole.map(({ id }) => id));
    expect(seen.filter(({ id }) => ids.has(id))).toEqual(whole);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  });
});
