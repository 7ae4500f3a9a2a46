import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataTypes, Sequelize } from 'sequelize';
import { Problem } from '#schemas/errors.ts';
import type { Database } from './database.ts';
import {
  constraintOf,
  isDatabaseAway,
  isDataError,
  isRetryable,
  isStaleStatement,
  isUniqueViolation,
  sqlStateOf,
} from './errors.ts';
import { openTestDatabase, type TestDatabase } from './open.fixture.ts';

let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await openTestDatabase();
  database = test.database;
  await database.inTransaction((tx) => tx.run(`INSERT INTO item (id, title) VALUES (1, 'a'), (2, 'b')`));
});
afterAll(() => test.close());

const failing = (sql: string, before = 'SELECT 1') =>
  database
    .inTransaction(async (tx) => {
      await tx.run(before);
      await tx.run(sql);
    })
    .then(
      () => expect(sql).toBe('failing'),
      (error: unknown) => error,
    );

const meaning = (error: unknown) => ({
  state: sqlStateOf(error),
  retryable: isRetryable(error),
  away: isDatabaseAway(error),
  data: isDataError(error),
});

describe('an error of a statement', () => {
  it.each([
    ['a unique violation', `INSERT INTO item (id, title) VALUES (1, 'x')`, '23505', true, false],
    ['a missing value', `INSERT INTO item (id) VALUES (NULL)`, '23502', false, true],
    ['a number out of range', `SELECT 2147483648::int`, '22003', false, true],
    ['a zero byte', `SELECT convert_from('\\x00', 'UTF8')`, '22021', false, true],
    ['no UUID', `SELECT 'x'::uuid`, '22P02', false, true],
    ['a typing mistake', 'SELEKT 1', '42601', false, false],
    ['a missing table', 'SELECT * FROM nothing', '42P01', false, false],
    ['a missing right', 'DELETE FROM journal', '42501', false, false],
    ['a statement that takes too long', 'SELECT pg_sleep(1)', '57014', true, false],
  ])('is recognised: %s', async (_, sql, state, retryable, data) => {
    const error = await failing(sql, `SET LOCAL statement_timeout = '50ms'`);
    expect(meaning(error)).toEqual({ state, retryable, data, away: false });
  });

  it('names the constraint, for statements and for models', async () => {
    const item = database.sequelize.define('item', { id: { type: DataTypes.INTEGER, primaryKey: true } });
    const raw = await failing('INSERT INTO item (id) VALUES (1)');
    const model = await item.create({ id: 1 }).catch((error: unknown) => error);
    for (const error of [raw, model]) {
      expect(constraintOf(error)).toBe('item_pk');
      expect(isUniqueViolation(error, 'item_pk')).toBe(true);
      expect(isUniqueViolation(error, 'other_uq')).toBe(false);
      expect(isRetryable(error)).toBe(true);
    }
  });

  it('is retryable if a deadlock, a lock or a serialisation was lost', async () => {
    const lock = (id: number) => `SELECT id FROM item WHERE id = ${id} FOR UPDATE`;
    let locked = 0;
    let open = () => {};
    const bothLocked = new Promise<void>((resolve) => {
      open = resolve;
    });
    const contend = (first: number, second: number) =>
      database.inTransaction(async (tx) => {
        await tx.run(lock(first));
        if (++locked === 2) open();
        await bothLocked;
        await tx.run(lock(second));
      });
    const outcomes = await Promise.allSettled([contend(1, 2), contend(2, 1)]);
    const [loser] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(meaning(loser)).toEqual({ state: '40P01', retryable: true, away: false, data: false });

    const waiting = await database.inTransaction(async (tx) => {
      await tx.run(lock(1));
      return failing(lock(1), `SET LOCAL lock_timeout = '50ms'`);
    });
    expect(meaning(waiting)).toEqual({ state: '55P03', retryable: true, away: false, data: false });

    const overtaken = await database
      .inTransaction(async (tx) => {
        await tx.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        await tx.run('SELECT 1 FROM item');
        await database.inTransaction((other) => other.run(`UPDATE item SET title = 'x' WHERE id = 1`));
        await tx.run(`UPDATE item SET title = 'y' WHERE id = 1`);
      })
      .catch((error: unknown) => error);
    expect(meaning(overtaken)).toEqual({ state: '40001', retryable: true, away: false, data: false });
  });
});

describe('an error of the connection', () => {
  const refusing = (options: object) =>
    new Sequelize({
      dialect: 'postgres',
      host: '127.0.0.1',
      port: 1,
      databaseVersion: '15.0.0',
      logging: false,
      ...options,
    } as object)
      .authenticate()
      .catch((error: unknown) => error);

  it('means that the database is away if nothing listens, or if its host name is unknown', async () => {
    expect(meaning(await refusing({}))).toMatchObject({ retryable: true, away: true, data: false });
    expect(meaning(await refusing({ host: 'nowhere.invalid' }))).toMatchObject({
      retryable: true,
      away: true,
    });
  });

  it('means that the database is away if it was killed during a statement, when idle or in a transaction', async () => {
    const kill = async (pid: number) => {
      await database.inTransaction((tx) => tx.run('SELECT pg_terminate_backend($1)', [pid]));
    };
    const pidOf = 'SELECT pg_backend_pid() AS pid';
    const midway = await database
      .inTransaction(async (tx) => {
        const [row] = await tx.rows<{ pid: number }>(pidOf);
        const sleeping = tx.run('SELECT pg_sleep(5)');
        await kill(row?.pid ?? 0);
        await sleeping;
      })
      .catch((error: unknown) => error);
    expect(meaning(midway)).toMatchObject({ retryable: true, away: true, data: false });
    const between = await database
      .inTransaction(async (tx) => {
        const [row] = await tx.rows<{ pid: number }>(pidOf);
        await kill(row?.pid ?? 0);
        await tx.run('SELECT 1');
      })
      .catch((error: unknown) => error);
    expect(meaning(between)).toMatchObject({ retryable: true, away: true, data: false });
    expect(await database.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('an error of a statement that was prepared before its table changed', () => {
  const refusal = (message: string, routine: string) =>
    Object.assign(new Error(message), { code: '0A000', routine });

  it.each(['cached plan must not change result type', 'gecachter Plan darf den Ergebnistyp nicht ändern'])(
    'C8: is recognised in every language of the server (%s)',
    (message) => {
      const error = refusal(message, 'RevalidateCachedQuery');
      expect([isStaleStatement(error), isRetryable(error)]).toEqual([true, true]);
    },
  );

  it('C8: is not confused with other unsupported features', () => {
    const error = refusal('LISTEN/NOTIFY is not supported', 'Async_Notify');
    expect([isStaleStatement(error), isRetryable(error)]).toEqual([false, false]);
  });
});

describe("the driver's bare error of a lost connection", () => {
  it.each([
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Client has encountered a connection error and is not queryable',
    'Query read timeout',
  ])('means that the database is away: %s', (message) => {
    expect(meaning(new Error(message))).toMatchObject({ retryable: true, away: true, data: false });
  });
});

describe('an error of anything else', () => {
  it('is retryable only if it is marked so', () => {
    expect(isRetryable(new TypeError('x'))).toBe(false);
    expect(isRetryable(Object.assign(new Error('x'), { retryable: true }))).toBe(true);
    expect(isRetryable(new Problem('forbidden'))).toBe(false);
    expect(isRetryable(undefined)).toBe(false);
    expect(isRetryable('ECONNREFUSED')).toBe(false);
    expect(sqlStateOf(Object.assign(new Error('x'), { code: 'EPIPE' }))).toBeUndefined();
    expect(isDatabaseAway(Object.assign(new Error('x'), { code: 'EPIPE' }))).toBe(true);
  });
});
