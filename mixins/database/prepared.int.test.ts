import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addressesOf } from './address.ts';
import { withClient } from './client.ts';
import { type Database, prepared, preparedName, type Reader, type Tx } from './database.ts';
import { isRetryable, sqlStateOf } from './errors.ts';
import { openTestDatabase, type TestDatabase } from './open.fixture.ts';

const INSERT = prepared('INSERT INTO item (id, title) VALUES ($1, $2)');
const UNMARKED = 'INSERT INTO item (title, id) VALUES ($2, $1)';

let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await openTestDatabase();
  database = test.database;
});
afterAll(() => test.close());
beforeEach(() => database.inTransaction(async (tx) => void (await tx.run('DELETE FROM item'))));

/** The texts of the statements that are prepared in this transaction's connection. */
const keptBy = async (tx: Tx) =>
  (await tx.rows<{ statement: string }>('SELECT statement FROM pg_prepared_statements')).map(
    ({ statement }) => statement,
  );
const ids = async (reader: Reader = database) =>
  (await reader.rows<{ id: number }>('SELECT id FROM item ORDER BY id')).map(({ id }) => id);
const asOwner = ({ config }: TestDatabase, sql: string) =>
  withClient(addressesOf(config, 'things').owner, (client) => client.run(sql));
const insertInto = (into: Database, id: number) => into.inTransaction((tx) => tx.run(INSERT, [id, 'x']));
const insert = (id: number) => insertInto(database, id);

describe('a statement that is marked as prepared', () => {
  it('stays parsed in the connection that ran it, unlike an unmarked one', async () => {
    await database.inTransaction(async (tx) => {
      for (const id of [1, 2]) expect(await tx.run(INSERT, [id, 'x'])).toBe(1);
      await tx.run(UNMARKED, [3, 'x']);
      const kept = await keptBy(tx);
      expect(kept.filter((text) => text === INSERT)).toHaveLength(1);
      expect(kept).not.toContain(UNMARKED);
    });
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it('has one unique name, however often it is marked', () => {
    const name = preparedName(INSERT);
    expect(name).toEqual(expect.any(String));
    expect(preparedName(prepared('INSERT INTO item (id, title) VALUES ($1, $2)'))).toBe(name);
    expect(preparedName(prepared('SELECT 1'))).not.toBe(name);
    expect(preparedName(UNMARKED)).toBeUndefined();
  });

  it('runs again after it failed and was rolled back, even at its first run', async () => {
    const first = prepared('INSERT INTO item (id, title) VALUES ($1, $2 || $2)');
    const run = (id: number, title: unknown) => database.inTransaction((tx) => tx.run(first, [id, title]));
    await insert(1);
    for (let n = 0; n < 2; n++) {
      expect(sqlStateOf(await run(1, 'x').catch((error: unknown) => error))).toBe('23505');
    }
    await expect(
      database.inTransaction(async (tx) => {
        await tx.run(first, [2, 'x']);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await run(3, 'x');
    expect(await ids()).toEqual([1, 3]);
  });

  it('fails each time if PostgreSQL cannot parse it', async () => {
    const wrong = prepared('INSERT INTO item (nowhere) VALUES ($1)');
    for (let n = 0; n < 2; n++) {
      const failed = await database
        .inTransaction((tx) => tx.run(wrong, [1]))
        .catch((error: unknown) => error);
      expect(sqlStateOf(failed)).toBe('42703');
    }
    await insert(1);
  });

  it('is parsed again by the connection that replaces a lost one', async () => {
    await insert(1);
    const lost = database.inTransaction(async (tx) => {
      await tx.run(INSERT, [2, 'x']);
      await tx.rows('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    await expect(lost).rejects.toThrow();
    await insert(3);
    expect(await ids()).toEqual([1, 3]);
  });

  it('is run by many connections at once', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, n) => insert(n)));
    expect(await ids()).toHaveLength(30);
  });
});

describe('a statement that is marked as prepared, in the only connection of a pool', () => {
  let only: TestDatabase;
  beforeAll(async () => {
    only = await openTestDatabase({ databasePoolSize: 1 });
  });
  afterAll(() => only.close());
  beforeEach(() => only.database.inTransaction(async (tx) => void (await tx.run('DELETE FROM item'))));

  it('fails once in a connection that parsed it before its tables were altered, and then runs again', async () => {
    const back = prepared('INSERT INTO item (id, title) VALUES ($1, $2) RETURNING *');
    const run = (id: number) => only.database.inTransaction((tx) => tx.rows(back, [id, 'x']));
    await run(1);
    await asOwner(only, 'ALTER TABLE item ALTER COLUMN title TYPE varchar(300)');
    const failed = await run(2).catch((error: unknown) => error);
    expect({ state: sqlStateOf(failed), retryable: isRetryable(failed) }).toEqual({
      state: '0A000',
      retryable: true,
    });
    expect(await run(3)).toMatchObject([{ id: 3, title: 'x' }]);
    expect(await ids(only.database)).toEqual([1, 3]);
  });

  it('fails once in a connection that lost it, and then runs again', async () => {
    await insertInto(only.database, 1);
    await only.database.inTransaction((tx) => tx.run('DEALLOCATE ALL'));
    const failed = await insertInto(only.database, 2).catch((error: unknown) => error);
    expect({ state: sqlStateOf(failed), retryable: isRetryable(failed) }).toEqual({
      state: '26000',
      retryable: true,
    });
    await insertInto(only.database, 3);
    expect(await ids(only.database)).toEqual([1, 3]);
  });

  it('runs again after the driver could not encode a value of it', async () => {
    const circular: { self?: object } = {};
    circular.self = circular;
    const insert = prepared('INSERT INTO item (id, title) VALUES ($1::int, $2::text)');
    const run = (id: number, title: unknown) =>
      only.database.inTransaction((tx) => tx.run(insert, [id, title]));
    for (const id of [1, 2]) {
      await expect(run(id, circular)).rejects.toThrow(TypeError);
      await run(id, 'x');
    }
    expect(await ids(only.database)).toEqual([1, 2]);
  });
});
