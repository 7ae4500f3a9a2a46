/** Text searches: their results, how they find them, and how many tasks they read. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { addressesOf } from '#mixins/database/address.ts';
import { type Client, withClient } from '#mixins/database/client.ts';
import { runtimeRole } from '#mixins/names.ts';
import { TASK_SORTS } from '#schemas/actions/tasks/list.ts';
import * as keepTaskText from '../migrations/0005_keep_task_text.ts';
import * as fillTaskText from '../migrations/0006_fill_task_text.ts';
import * as searchInLinearTime from '../migrations/0007_search_in_linear_time.ts';
import * as indexTextFaster from '../migrations/0009_index_text_faster.ts';
import { addTasks, openTestDatabase, popug, putUsers, type TestDatabase } from '../tasks.fixture.ts';
import { listTasks } from './list-tasks.query.ts';
import { findByText, hasGrams } from './search.store.ts';
import { searchTasks } from './search-tasks.query.ts';
import { type Position, TaskList } from './task-list.store.ts';
import { orderOf } from './task-list.ts';

const PIP = popug(1);
let db: TestDatabase;
const asOwner = (work: (client: Client) => Promise<void>) =>
  withClient(addressesOf(db.config, 'tasks').owner, work);

/** Inserts tasks with these titles. Every other one is done; some have a description. */
const insert = (titles: readonly string[], description = '') =>
  db.database.inTransaction((tx) =>
    tx.run(
      `INSERT INTO task (id, title, description, status, assignee_id, created_by_id, created_by_name, created_at, completed_at)
       SELECT gen_random_uuid(), title, $2, CASE WHEN n % 2 = 0 THEN 'done' ELSE 'open' END, $3::uuid, $3::uuid, 'Pip',
         '2026-02-01'::timestamptz + n * interval '1 minute', CASE WHEN n % 2 = 0 THEN now() - n * interval '1 minute' END
       FROM unnest($1::text[]) WITH ORDINALITY AS given (title, n)`,
      [titles, description, PIP],
    ),
  );

const titlesWith = async (text: string) => {
  const { items } = await listTasks(db.database, { limit: 200, sort: 'title', text }, PIP);
  return items.map(({ title }) => title);
};

describe('a text search', () => {
  const TITLES = [
    'Мыть клетку',
    'Wäsche im Käfig',
    'Party 🎉🎉🎉 now',
    '餌をやる 鳥の餌',
    'a%b_c\\d %%% ___ \\\\\\',
    "it's -- ; /* */ 'quoted' \"twice\"",
    'décomposé',
    'ΟΔΟΣ ΣΑΣ',
    '---...!!!',
  ];
  beforeAll(async () => {
    db = await openTestDatabase();
    await insert(TITLES);
    await insert(['Described'], 'first line\nsecond line');
  });
  afterAll(() => db.close());

  it.each<[string, readonly number[]]>([
    ['клетк', [0]],
    ['КЛЕТКУ', [0]],
    ['ть кл', [0]],
    ['ky', []],
    ['käfig', [1]],
    ['ка\u0308fig', []],
    ['ka\u0308fig', [1]],
    ['ä', [1]],
    ['🎉🎉🎉', [2]],
    ['🎉', [2]],
    ['餌をや', [3]],
    ['餌', [3]],
    ['%b_', [4]],
    ['%%%', [4]],
    ['___', [4]],
    ['\\\\\\', [4]],
    ['\\', [4]],
    ['a_b', []],
    ["'quoted'", [5]],
    ['/* */', [5]],
    ['de\u0301compose\u0301', [6]],
    ['DÉCOMPOSÉ', [6]],
    ['οδοσ', [7]],
    ['---...!!!', [8]],
    ['...', [8]],
    ['described first', []],
    ['second line', [9]],
    ['absent', []],
  ])('E13, TASK-8: finds %j in any script, case and Unicode form', async (text, expected) => {
    const titles = [...TITLES, 'Described'];
    expect((await titlesWith(text)).toSorted()).toEqual(expected.map((n) => titles[n]).toSorted());
  });
});

describe('a text search with small bounds', () => {
  const TITLES = Array.from(
    { length: 60 },
    (_, n) => `Task ${n} ${n % 7 === 0 ? 'seven' : ''} ${n === 41 ? 'once' : ''}`,
  );
  beforeAll(async () => {
    db = await openTestDatabase();
    await insert(TITLES);
  });
  afterAll(() => db.close());

  const BOUNDS = { first: 5, chunk: 5, most: 10, withinMs: Number.POSITIVE_INFINITY, frequent: 3 };

  /** The pages of a search with small bounds. */
  async function pages(
    text: string,
    sort: (typeof TASK_SORTS)[number],
    limit: number,
    withinMs = BOUNDS.withinMs,
  ) {
    const list = new TaskList(db.database, orderOf(sort), {});
    const { field } = orderOf(sort);
    const bounds = { ...BOUNDS, withinMs };
    const found: string[][] = [];
    for (let start: Position | null | undefined = null; start !== undefined; ) {
      const page = await searchTasks({ database: db.database, list, text, start, limit }, bounds);
      found.push(page.tasks.map(({ task }) => task.title));
      const next = page.next;
      const key = next === null ? '' : ((await list.tasks([next.id]))[0]?.task.title.toLowerCase() ?? '');
      start = next === null ? undefined : { id: next.id, at: field === 'title' ? key : next[field] };
    }
    return found;
  }

  describe.each(TASK_SORTS)('by %s', (sort) => {
    it.each(['seven', 'se', 'once', 'zz', 'ta'])(
      'E13, TASK-8: finds every task with %j once and in order, on pages of any length',
      async (text) => {
        const whole = (await listTasks(db.database, { limit: 200, sort }, PIP)).items;
        const expected = whole
          .map(({ title }) => title)
          .filter((title) => title.toLowerCase().includes(text));
        for (const limit of [4, 60]) {
          const found = await pages(text, sort, limit);
          expect(found.flat()).toEqual(expected);
          expect(Math.max(...found.map((page) => page.length))).toBeLessThanOrEqual(limit);
        }
      },
    );
  });

  it('E13, TASK-8: ends a page without a hit after its share of the list, with a cursor', async () => {
    // 60 tasks, 10 a page, then one page that finds the end.
    expect(await pages('zz', '-createdAt', 50)).toEqual(Array.from({ length: 7 }, () => []));
    // The time is over after the first five.
    const hurried = await pages('se', 'createdAt', 50, 0);
    expect(hurried).toHaveLength(13);
    expect(hurried.flat()).toEqual((await pages('se', 'createdAt', 50)).flat());
    // A rare text is found by the index, however far down the list.
    expect(await pages('once', 'createdAt', 50)).toHaveLength(1);
  });

  it.each<[string, string, readonly number[]]>([
    ['once, for a text that they lack', 'once', [3]],
    ['again, for a text that they have', 'seven', [3, 7]],
    ['again, for a text that they lack and that is frequent', 'task 5', [3, 7]],
  ])('E13, TASK-8: scans the first tasks, and %s', async (_when, text, scanned) => {
    const list = new TaskList(db.database, orderOf('createdAt'), {});
    const spots = jest.spyOn(list, 'spots');
    const search = { database: db.database, list, text, start: null, limit: 4 };
    await searchTasks(search, { ...BOUNDS, first: 3, chunk: 8 });
    // No more than ten in all.
    expect(spots.mock.calls.map(([, count]) => count)).toEqual(scanned);
  });
});

describe('a text search among many tasks', () => {
  beforeAll(async () => {
    db = await openTestDatabase(1);
    await putUsers(db.database, [{ id: PIP }]);
    await db.database.inTransaction((tx) => addTasks(tx, 3_000));
    await insert(['A needle', 'A клубок']);
    await asOwner((client) => client.run('ANALYZE'));
  });
  afterAll(() => db.close());

  /** The number of scans of the index on text. */
  async function entries(): Promise<number> {
    await db.database.rows('SELECT pg_stat_force_next_flush()');
    const [index] = await db.database.rows<{ scans: number }>(
      `SELECT idx_scan AS scans FROM pg_stat_user_indexes WHERE indexrelname = 'task_text_grams_ix'`,
    );
    return index?.scans ?? 0;
  }

  it.each(['needle', 'клубок', 'absent', 'отсутствует', '🎉🎉🎉', 'soap and cage'])(
    'E13, TASK-8: for %j uses the index, whatever the filters and the order',
    async (text) => {
      const before = await entries();
      let asked = 0;
      for (const sort of TASK_SORTS) {
        for (const filter of [{}, { status: 'open' }, { assignee: 'me', createdTo: '2100-01-01' }] as const) {
          await listTasks(db.database, { limit: 50, sort, text, ...filter }, PIP);
          asked += 1;
        }
      }
      expect((await entries()) - before).toBe(asked);
    },
  );
});

describe('a text search for a text that repeats itself', () => {
  beforeAll(async () => {
    db = await openTestDatabase(1);
  });
  afterAll(() => db.close());

  /**
   * Counts the texts that contain the wanted one, among as many as a search compares. `strpos`
   * takes several times the limit.
   */
  const holding = (texts: string, wanted: string) =>
    db.database.inTransaction(async (tx) => {
      await tx.run("SET LOCAL statement_timeout = '4s'");
      return tx.rows(
        `SELECT n FROM generate_series(1, 4000) AS n WHERE search_holds(repeat(${texts}, 9000) || n, $1)`,
        [wanted],
      );
    });

  it.each([
    ["'a'", `b${'a'.repeat(199)}`],
    ["'ab'", `c${'ab'.repeat(99)}`],
    ["'.*'", `+${'.*'.repeat(99)}`],
  ])('E13, TASK-8: ends within the time limit of a request (texts of %s)', async (texts, wanted) => {
    expect(await holding(texts, wanted)).toEqual([]);
  });
});

describe('tasks of an older release', () => {
  beforeAll(async () => {
    db = await openTestDatabase();
  });
  afterAll(() => db.close());

  it('E13, TASK-8: are found after the migration', async () => {
    const roles = {
      runtimeRole: runtimeRole(db.config.namespace, 'tasks'),
      ownerRole: addressesOf(db.config, 'tasks').owner.user,
    };
    await asOwner(async (client) => {
      const run = (sql: string) => client.run(sql);
      await indexTextFaster.down(run);
      await searchInLinearTime.down(run);
      await fillTaskText.down();
      await keepTaskText.down(run);
    });
    await insert(['An old task']);
    await asOwner(async (client) => {
      const run = (sql: string) => client.run(sql);
      await keepTaskText.up(run, roles);
    });
    await insert(['A new task']);
    await asOwner(async (client) => {
      await fillTaskText.up((sql) => client.run(sql));
      await searchInLinearTime.up((sql) => client.run(sql));
      await indexTextFaster.up((sql) => client.run(sql));
    });
    expect(await titlesWith('task')).toEqual(['A new task', 'An old task']);
  });

  it.each([['up'], ['down']] as const)(
    'TASK-8: are found by the index after its grams are cut another way (%s)',
    async (direction) => {
      const text = 'Naïve 🦜🦜🦜 say “aaaaaa” — попугай';
      const rounds = direction === 'up' ? (['down', 'up'] as const) : (['up', 'down'] as const);
      const before = await findByText(db.database, text, 10);
      for (const round of rounds) {
        const { up, down } = indexTextFaster;
        await asOwner((client) => (round === 'up' ? up : down)((sql) => client.run(sql)));
        await insert([text], 'Two\nlines');
      }
      for (const part of [text, 'aaaa', '🦜🦜🦜', 'попуг', 'two\nlines', 'й\ntwo']) {
        const found = await findByText(db.database, part, 10);
        expect(found).toHaveLength((before?.length ?? 0) + rounds.length);
      }
      await asOwner((client) => indexTextFaster.up((sql) => client.run(sql)));
    },
  );
});

describe('a text', () => {
  it.each([
    ['ab', false],
    ['abc', true],
    ['🎉🎉', false],
    ['🎉🎉🎉', true],
    ['ka\u0308', false],
  ])('E13, TASK-8: %j has grams: %s', (text, expected) => {
    expect(hasGrams(text)).toBe(expected);
  });
});
