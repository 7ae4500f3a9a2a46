import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Restorable, restorable } from '../../../test/harness/pristine.ts';
import { followPopulation } from '../population.store.ts';
import { EMPTY_POPULATION } from '../population.ts';
import {
  openTestDatabase,
  popug,
  putUsers,
  type TestDatabase,
  type TestUser,
  userDelivery,
} from '../tasks.fixture.ts';
import { copyUsers } from './copy-users.handler.ts';

let db: Restorable<TestDatabase>;
beforeAll(async () => {
  db = await restorable(await openTestDatabase(), 'tasks');
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.restore();
});

const names = async () =>
  (await db.database.rows<{ name: string }>('SELECT name FROM user_copy ORDER BY id')).map(
    ({ name }) => name,
  );
const members = async () => (await followPopulation(db.database, EMPTY_POPULATION)).members;
const inBatch = (users: readonly TestUser[]) =>
  db.database.inTransaction((tx) => copyUsers(users.map(userDelivery), tx));

describe('copies of users', () => {
  it('AUTH-3: the newest version counts, in whatever order and however often versions arrive', async () => {
    await putUsers(db.database, [{ id: popug(1), name: 'third', version: 3 }]);
    await putUsers(db.database, [{ id: popug(1), name: 'first', version: 1, active: false }]);
    await putUsers(db.database, [{ id: popug(1), name: 'third', version: 3 }]);
    await inBatch([
      { id: popug(2), name: 'second', version: 2 },
      { id: popug(2), name: 'fourth', version: 4 },
      { id: popug(2), name: 'third', version: 3, active: false },
    ]);
    expect(await names()).toEqual(['third', 'fourth']);
    expect(await members()).toEqual([popug(1), popug(2)]);
  });

  it('a change that keeps all seats makes no new version of the population', async () => {
    await putUsers(db.database, [{ id: popug(1) }]);
    await putUsers(db.database, [{ id: popug(1), name: 'Pip the Great', version: 2 }]);
    expect(await db.database.rows('SELECT version, size FROM population ORDER BY version')).toEqual([
      { version: 0, size: 0 },
      { version: 1, size: 1 },
    ]);
  });

  it('TASK-3: the seats are held by exactly the assignable users, whoever comes and goes', async () => {
    const version = new Map<number, number>();
    const change = fc.record({
      n: fc.integer({ min: 1, max: 8 }),
      active: fc.boolean(),
      manager: fc.boolean(),
    });
    let known = EMPTY_POPULATION;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        await inBatch(
          changes.map(({ n, active, manager }) => {
            version.set(n, (version.get(n) ?? 0) + 1);
            const roles = manager ? ['manager'] : ['developer'];
            return { id: popug(n), active, roles, version: version.get(n) ?? 1 };
          }),
        );
        const assignable = await db.database.rows<{ id: string; seat: number }>(
          'SELECT id, seat FROM user_copy WHERE assignable ORDER BY seat',
        );
        expect(assignable.map(({ seat }) => seat)).toEqual(assignable.map((_, index) => index));
        // Read step by step, and read as a whole.
        known = await followPopulation(db.database, known);
        expect(known.members).toEqual(assignable.map(({ id }) => id));
        expect(await members()).toEqual(known.members);
      }),
      { numRuns: 40 },
    );
  });

  it('batches of several nodes at once end in the same state', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, node) =>
        inBatch(
          Array.from({ length: 40 }, (_, n) => ({
            id: popug(((n + node * 5) % 40) + 1),
            version: node + 1,
            active: (n + node * 5) % 3 !== 0 || node < 7,
          })),
        ),
      ),
    );
    const assignable = await db.database.rows<{ id: string }>(
      'SELECT id FROM user_copy WHERE active ORDER BY id',
    );
    expect((await members()).toSorted()).toEqual(assignable.map(({ id }) => id));
    expect(await db.database.rows('SELECT DISTINCT version FROM user_copy')).toEqual([{ version: 8 }]);
  });
});

describe('the history of the population', () => {
  it.each(['population', 'seat', 'assignment', 'shuffle_chunk'])(
    'cannot be changed or deleted by the service: %s',
    async (table) => {
      const [column] = await db.database.rows<{ name: string }>(
        `SELECT column_name AS name FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position LIMIT 1`,
        [table],
      );
      const run = (sql: string) => db.database.inTransaction((tx) => tx.run(sql));
      const denied = { original: { code: '42501' } };
      await expect(run(`DELETE FROM ${table}`)).rejects.toMatchObject(denied);
      await expect(run(`UPDATE ${table} SET ${column?.name} = NULL`)).rejects.toMatchObject(denied);
    },
  );
});
