import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isProblem } from '#schemas/errors.ts';
import type { Database } from './database.ts';
import { type IdempotentRequest, PURGE_LIMIT, purgeIdempotencyKeys, withIdempotency } from './idempotency.ts';
import { openTestDatabase, type TestDatabase } from './open.fixture.ts';

let test: TestDatabase;
let database: Database;
let made = 0;

beforeAll(async () => {
  test = await openTestDatabase();
  database = test.database;
});
afterAll(() => test.close());
beforeEach(() =>
  database.inTransaction(async (tx) => {
    await tx.run('DELETE FROM item');
    await tx.run('DELETE FROM idempotency_key');
  }),
);

const request: IdempotentRequest = { userId: 'u1', route: 'things.make', key: 'k1', fingerprint: 'f1' };

const make = (asked: IdempotentRequest | null, meanwhile = async () => {}) =>
  database.inTransaction((tx) =>
    withIdempotency(tx, asked, async () => {
      made += 1;
      await tx.run('INSERT INTO item (id, title) VALUES ($1, $2)', [made, `item ${made}`]);
      await meanwhile();
      return { id: made, note: null, at: '2026-07-25' };
    }),
  );

const count = async (table: string) => {
  const [row] = await database.rows<{ count: number }>(`SELECT count(*) FROM ${table}`);
  return row?.count;
};

describe('a request that was carried out', () => {
  it('gives the same answer to the same key and params, and changes nothing again', async () => {
    const first = await make(request);
    expect(await make(request)).toEqual(first);
    expect(await make({ ...request })).toEqual(first);
    expect(await count('item')).toBe(1);
  });

  it('refuses its key with other params, and changes nothing', async () => {
    await make(request);
    const error = await make({ ...request, fingerprint: 'f2' }).catch((thrown: unknown) => thrown);
    expect(isProblem(error, 'idempotency_key_reused')).toBe(true);
    expect(await count('item')).toBe(1);
  });

  it('does not affect other users, routes and keys', async () => {
    const first = await make(request);
    for (const other of [{ userId: 'u2' }, { route: 'things.break' }, { key: 'k2' }]) {
      expect(await make({ ...request, ...other })).not.toEqual(first);
    }
    expect(await count('item')).toBe(4);
  });

  it('has no answer again if it had none', async () => {
    const nothing = () => database.inTransaction((tx) => withIdempotency(tx, request, async () => {}));
    expect(await nothing()).toBeUndefined();
    expect(await nothing()).toBeUndefined();
  });
});

describe('a request that is still running', () => {
  it('makes others with its key fail at once, then answers', async () => {
    let problem: unknown;
    const first = await make(request, async () => {
      problem = await make(request).catch((thrown: unknown) => thrown);
    });
    expect(isProblem(problem, 'idempotency_key_in_use')).toBe(true);
    expect(await count('item')).toBe(1);
    expect(await make(request)).toEqual(first);
  });

  it('lets one of many requests through', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => make(request)));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused.every((error) => isProblem(error, 'idempotency_key_in_use'))).toBe(true);
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await count('item')).toBe(1);
    expect(await count('idempotency_key')).toBe(1);
  });
});

describe('a request that failed', () => {
  it('leaves no change and no key, and may be sent again', async () => {
    const crash = make(request, async () => {
      throw new Error('crash');
    });
    await expect(crash).rejects.toThrow('crash');
    expect(await count('item')).toBe(0);
    expect(await count('idempotency_key')).toBe(0);
    await make({ ...request, fingerprint: 'f2' });
    expect(await count('item')).toBe(1);
  });

  it('leaves no change and no key when its connection is killed before the commit', async () => {
    const killed = make(request, async () => {
      await database.inTransaction((tx) =>
        tx.run(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`,
        ),
      );
    });
    await expect(killed).rejects.toThrow();
    expect(await count('item')).toBe(0);
    expect(await count('idempotency_key')).toBe(0);
    await make(request);
    expect(await count('item')).toBe(1);
  });
});

describe('a request without a key', () => {
  it('is carried out each time', async () => {
    await make(null);
    await make(null);
    expect(await count('item')).toBe(2);
    expect(await count('idempotency_key')).toBe(0);
  });
});

describe('the purge', () => {
  it('deletes keys of more than a day ago, a bounded number at a time', async () => {
    await make(request);
    await database.inTransaction((tx) =>
      tx.run(
        `INSERT INTO idempotency_key (created_at, user_id, route, key, fingerprint)
         SELECT now() - interval '25 hours 1 minute', 'u', 'r', n::text, 'f' FROM generate_series(1, $1::int) AS n`,
        [PURGE_LIMIT + 10],
      ),
    );
    await database.inTransaction((tx) =>
      tx.run(
        `INSERT INTO idempotency_key (created_at, user_id, route, key, fingerprint)
         VALUES (now() - interval '24 hours 1 minute', 'u', 'r', 'young', 'f')`,
      ),
    );
    expect(await purgeIdempotencyKeys(database)).toBe(PURGE_LIMIT);
    expect(await purgeIdempotencyKeys(database)).toBe(10);
    expect(await purgeIdempotencyKeys(database)).toBe(0);
    expect(await count('idempotency_key')).toBe(2);
  });
});
