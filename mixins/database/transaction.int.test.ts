import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from './database.ts';
import { isRetryable, sqlStateOf } from './errors.ts';
import { openTestDatabase, type TestDatabase } from './open.fixture.ts';

let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await openTestDatabase();
  database = test.database;
});
afterAll(() => test.close());
beforeEach(() => database.inTransaction(async (tx) => void (await tx.run('DELETE FROM item'))));

const titles = async () =>
  (await database.rows<{ title: string }>('SELECT title FROM item ORDER BY id')).map(({ title }) => title);

describe('a transaction', () => {
  it('writes everything at its end, and then runs the callbacks for its commit', async () => {
    const seen: string[] = [];
    const result = await database.inTransaction(async (tx) => {
      tx.afterCommit(() => seen.push('first'));
      tx.afterCommit(() => seen.push('second'));
      expect(await tx.run(`INSERT INTO item (id, title) VALUES (1, 'a'), (2, 'b')`)).toBe(2);
      expect(await tx.rows('SELECT count(*) FROM item')).toEqual([{ count: 2 }]);
      expect(await titles()).toEqual([]);
      expect(seen).toEqual([]);
      return 'done';
    });
    expect(result).toBe('done');
    expect(seen).toEqual(['first', 'second']);
    expect(await titles()).toEqual(['a', 'b']);
  });

  it('writes nothing and runs no callback when it fails', async () => {
    const seen: string[] = [];
    const failure = new Error('no');
    const work = database.inTransaction(async (tx) => {
      tx.afterCommit(() => seen.push('committed'));
      await tx.run(`INSERT INTO item (id, title) VALUES (1, 'a')`);
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await titles()).toEqual([]);
    expect(seen).toEqual([]);
  });

  it('writes nothing when a constraint is checked at its end', async () => {
    const seen: string[] = [];
    const work = database.inTransaction(async (tx) => {
      tx.afterCommit(() => seen.push('committed'));
      await tx.run(
        'CREATE TEMPORARY TABLE t (id int CONSTRAINT t_uq UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP',
      );
      await tx.run('INSERT INTO t VALUES (1), (1)');
      await tx.run(`INSERT INTO item (id, title) VALUES (1, 'a')`);
    });
    await expect(work).rejects.toThrow();
    expect(sqlStateOf(await work.catch((error: unknown) => error))).toBe('23505');
    expect(await titles()).toEqual([]);
    expect(seen).toEqual([]);
  });

  it('is committed even if a callback after it throws', async () => {
    await database.inTransaction(async (tx) => {
      tx.afterCommit(() => {
        throw new Error('no');
      });
      await tx.run(`INSERT INTO item (id, title) VALUES (1, 'a')`);
    });
    expect(await titles()).toEqual(['a']);
  });

  it('reads changes that others have committed meanwhile', async () => {
    await database.inTransaction(async (tx) => {
      expect(await tx.rows('SHOW transaction_isolation')).toEqual([
        { transaction_isolation: 'read committed' },
      ]);
      expect(await tx.rows('SELECT id FROM item')).toEqual([]);
      await database.inTransaction((other) => other.run(`INSERT INTO item (id, title) VALUES (1, 'a')`));
      expect(await tx.rows('SELECT id FROM item')).toEqual([{ id: 1 }]);
    });
  });

  it('refuses statements that come after its end', async () => {
    const late = await database.inTransaction(async (tx) => () => tx.run('DELETE FROM item'));
    await expect(late()).rejects.toThrow(TypeError);
  });
});

describe('values', () => {
  const echo = async <Value>(type: string, value: unknown) => {
    const [row] = await database.rows<{ value: Value }>(`SELECT $1::${type} AS value`, [value]);
    return row?.value;
  };

  it('are read as they were written: safe integers, buffers, dates, days and arrays of them', async () => {
    const time = new Date('2026-07-25T10:00:00.123Z');
    const id = '0198b3c1-7d4e-7a10-9f00-000000000001';
    expect(await echo('bigint', Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(await echo('bigint', Number.MIN_SAFE_INTEGER)).toBe(Number.MIN_SAFE_INTEGER);
    expect(await echo('bytea', Buffer.from([0, 1, 255]))).toEqual(Buffer.from([0, 1, 255]));
    expect(await echo('timestamptz', time)).toEqual(time);
    expect(await echo('date', '2026-02-28')).toBe('2026-02-28');
    expect(await echo('jsonb', { a: ['$$', '$1'] })).toEqual({ a: ['$$', '$1'] });
    expect(await echo('text', `it's "$1" $$ :a ?`)).toBe(`it's "$1" $$ :a ?`);
    expect(await echo('text[]', ['a,b', '{"x"}', '\\', '', null, 'NULL'])).toEqual([
      'a,b',
      '{"x"}',
      '\\',
      '',
      null,
      'NULL',
    ]);
    expect(await echo('bigint[]', [1, -9007199254740991])).toEqual([1, -9007199254740991]);
    expect(await echo('uuid[]', [id])).toEqual([id]);
    expect(await echo('timestamptz[]', [time])).toEqual([time]);
    expect(await echo('bytea[]', [Buffer.from([0, 255]), Buffer.alloc(0)])).toEqual([
      Buffer.from([0, 255]),
      Buffer.alloc(0),
    ]);
    expect(await echo('boolean[]', [true, false])).toEqual([true, false]);
  });

  it('can be bound by the thousand', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => index);
    const rows = await database.rows<{ a: number; b: string }>(
      'SELECT * FROM unnest($1::bigint[], $2::text[]) AS u(a, b)',
      [many, many.map(String)],
    );
    expect(rows).toHaveLength(5_000);
    expect(rows[4_999]).toEqual({ a: 4_999, b: '4999' });
  });

  it('that JavaScript cannot represent are a permanent error, and never another number', async () => {
    for (const sql of [
      'SELECT 9007199254740993::bigint AS a',
      'SELECT ARRAY[-9007199254740993]::bigint[] AS a',
    ]) {
      const error = await database.rows(sql).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RangeError);
      expect(isRetryable(error)).toBe(false);
    }
    expect(await database.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('that are undefined are refused', async () => {
    await expect(database.rows('SELECT $1::text', [undefined])).rejects.toThrow(TypeError);
  });

  it('cannot add a second statement, nor can the SQL text', async () => {
    await expect(database.rows(`SELECT 1; DELETE FROM item`)).rejects.toThrow();
  });

  it('may be dollar-quoted SQL', async () => {
    await database.inTransaction(async (tx) => {
      await tx.run(`DO $$ BEGIN PERFORM 1; END $$`);
    });
    expect(await database.rows(`SELECT $a$ $1 $$ $a$ AS text`)).toEqual([{ text: ' $1 $$ ' }]);
  });
});

describe('time limits', () => {
  it('are set on every connection', async () => {
    const [limits] = await database.rows(
      `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
         current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('TimeZone') AS zone`,
    );
    expect(limits).toMatchObject({ statement: '10s', lock: '3s', idle: '5s' });
  });
});
