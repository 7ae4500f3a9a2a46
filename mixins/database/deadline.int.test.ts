/** How a database behaves within a call that has a deadline. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataTypes } from 'sequelize';
import { CallScope, DeadlinePassedError, runInScope, runOutOfScope } from '#mixins/call-scope.ts';
import { isUnavailable } from '#mixins/unavailable.middleware.ts';
import { PROJECT } from '../../product.ts';
import { until } from '../../test/harness/wait.ts';
import { addressesOf } from './address.ts';
import { ResourceBusyError } from './admission.ts';
import { withClient } from './client.ts';
import { type Database, prepared, type Tx } from './database.ts';
import { OutcomeUnknownError, sqlStateOf } from './errors.ts';
import { openTestDatabase, type TestDatabase } from './open.fixture.ts';

const INSERT = prepared('INSERT INTO item (id, title) VALUES ($1, $2)');
const POOL_SIZE = 3;
/** As long as a call usually has, in milliseconds. */
const AMPLE_MS = 4_500;
/** A deadline that the test lets pass, in milliseconds. */
const SHORT_MS = 200;

let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await openTestDatabase({ databasePoolSize: POOL_SIZE });
  database = test.database;
});
afterAll(() => test.close());
beforeEach(() => database.inTransaction(async (tx) => void (await tx.run('DELETE FROM item'))));

const insert = (id: number) => (tx: Tx) => tx.run(INSERT, [id, 'x']);
const ids = async () =>
  (await database.rows<{ id: number }>('SELECT id FROM item ORDER BY id')).map(({ id }) => id);
const within = <Result>(ms: number, work: () => Promise<Result>, resource?: string) =>
  runInScope(new CallScope(performance.now() + ms, resource), work);
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );
const asOwner = (sql: string) =>
  withClient(addressesOf(test.config, 'things').owner, (client) => client.run(sql));

/** Ends the deadline now, so that a slow machine cannot miss it earlier. */
const expire = (scope: CallScope) => {
  (scope as { deadline: number }).deadline = performance.now() - 1;
};
const terminate = (pid = 0) =>
  runOutOfScope(() => database.inTransaction((tx) => tx.run('SELECT pg_terminate_backend($1)', [pid])));

/** Keeps the locks of the statement, in a session of its own, until `work` has ended. */
async function holding(sql: string, work: () => Promise<void>): Promise<void> {
  await withClient(addressesOf(test.config, 'things').owner, async (client) => {
    await client.run(`BEGIN; ${sql}`);
    await work();
    await client.run('ROLLBACK');
  });
}

describe('a call whose deadline passes', () => {
  it.each([
    ['before it begins', async () => {}, async () => {}],
    ['before its second statement', insert(1), insert(2)],
    ['before its COMMIT', insert(1), async () => {}],
  ])('C7: sends nothing after its deadline, and changes nothing: %s', async (when, first, second) => {
    const scope = new CallScope(performance.now() + AMPLE_MS);
    const passed = async () => expire(scope);
    let began = 0;
    const error = await errorOf(
      runInScope(scope, async () => {
        if (when === 'before it begins') await passed();
        await database.inTransaction(async (tx) => {
          began += 1;
          await first(tx);
          await passed();
          await second(tx);
        });
      }),
    );
    expect(error).toBeInstanceOf(DeadlinePassedError);
    expect(began).toBe(when === 'before it begins' ? 0 : 1);
    expect(scope.hasCommitted).toBe(false);
    expect(await ids()).toEqual([]);
  });

  it('C7: reads nothing after its deadline, through statements or models', async () => {
    const item = database.sequelize.define('item', { id: { type: DataTypes.INTEGER, primaryKey: true } });
    const scope = new CallScope(performance.now() - 1);
    expect(await errorOf(runInScope(scope, () => database.rows('SELECT 1')))).toBeInstanceOf(
      DeadlinePassedError,
    );
    expect(await errorOf(runInScope(scope, () => item.findAll()))).toBeInstanceOf(DeadlinePassedError);
  });

  it('C7: never runs if it waited for a connection until its deadline', async () => {
    let began = 0;
    const free = Promise.withResolvers<void>();
    const holders = Array.from({ length: POOL_SIZE }, () => database.inTransaction(() => free.promise));
    const waiting = Array.from({ length: 4 }, (_, id) =>
      errorOf(
        within(SHORT_MS, () =>
          database.inTransaction(async (tx) => {
            began += 1;
            await insert(id)(tx);
          }),
        ),
      ),
    );
    for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(DeadlinePassedError);
    free.resolve();
    await Promise.all(holders);
    expect(began).toBe(0);
    expect(await ids()).toEqual([]);
    // The connections that came too late are back in the pool.
    await Promise.all(Array.from({ length: POOL_SIZE }, (_, id) => database.inTransaction(insert(id))));
  });

  it('C7: creates nothing when a locked table is free again later', async () => {
    await holding('LOCK TABLE item IN EXCLUSIVE MODE', async () => {
      const calls = Array.from({ length: 12 }, (_, id) =>
        errorOf(within(1_500, () => database.inTransaction(insert(id)))),
      );
      expect((await Promise.all(calls)).filter((error) => !isUnavailable(error))).toEqual([]);
      // Reads go on meanwhile: one connection is left for them.
      expect(await within(AMPLE_MS, ids)).toEqual([]);
    });
    expect(await ids()).toEqual([]);
  });
});

describe('a connection that is opened during a call', () => {
  it('C7: goes to the next caller that waits for one, whatever the deadline of that call', async () => {
    const two = await openTestDatabase({ ...test.config, databasePoolSize: 2 });
    const scope = new CallScope(performance.now() + AMPLE_MS);
    const waiting: Promise<unknown>[] = [];
    const free = Promise.withResolvers<void>();
    const holder = two.database.inTransaction(() => free.promise);
    const losing = errorOf(
      runInScope(scope, () =>
        two.database.inTransaction(async (tx) => {
          const [own] = await tx.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
          await until(() => waiting.length === 1);
          expire(scope);
          await terminate(own?.pid);
        }),
      ),
    );
    await until(async () => {
      const [open] = await database.rows<{ count: number }>(
        `SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`,
      );
      return open?.count === 2;
    });
    waiting.push(two.database.inTransaction(insert(1)));
    expect(await losing).toBeInstanceOf(Error);
    await Promise.all(waiting);
    free.resolve();
    await holder;
    expect(await ids()).toEqual([1]);
    await two.lifecycle.close();
  });
});

describe('time limits of a call', () => {
  const SHOW = `SELECT current_setting('statement_timeout')::interval AS statement, current_setting('lock_timeout') AS lock,
    extract(epoch FROM current_setting('statement_timeout')::interval) * 1000 AS ms`;
  interface Shown {
    readonly ms: string;
    readonly lock: string;
  }

  it('C7: are lower than those of the service, in transactions and outside', async () => {
    const read = await within(AMPLE_MS, () => database.rows<Shown>(SHOW));
    const written = await within(AMPLE_MS, () => database.inTransaction((tx) => tx.rows<Shown>(SHOW)));
    const own = await database.rows<Shown>(SHOW);
    const ownWritten = await database.inTransaction((tx) => tx.rows<Shown>(SHOW));
    const shown = [read, written, own, ownWritten].map(([row]) => [Number(row?.ms), row?.lock]);
    expect(shown).toEqual([
      [4_000, '1s'],
      [4_000, '1s'],
      [10_000, '3s'],
      [10_000, '3s'],
    ]);
  });

  it('C7: never exceed the deadline, however long the transaction has been open', async () => {
    const scope = new CallScope(performance.now() + 2_000);
    const left: number[] = [];
    const shown = await runInScope(scope, () =>
      database.inTransaction(async (tx) => {
        const limits: number[] = [];
        const look = async () => {
          left.push(scope.leftMs);
          const [row] = await tx.rows<Shown>(SHOW);
          limits.push(Number(row?.ms));
        };
        await look();
        await until(() => scope.leftMs < 1_000);
        await look();
        return limits;
      }),
    );
    expect(shown).toHaveLength(2);
    for (const [index, limit] of shown.entries()) expect(limit).toBeLessThanOrEqual(left[index] ?? 0);
    const [late] = await within(1_000, () => database.rows<Shown>(SHOW));
    expect(Number(late?.ms)).toBeLessThanOrEqual(1_000);
    // The connection is used by another call afterwards.
    const [next] = await within(AMPLE_MS, () => database.rows<Shown>(SHOW));
    expect(Number(next?.ms)).toBe(4_000);
  });

  it.each([
    ['ROLLBACK', true],
    ['COMMIT', false],
  ])(
    'C7: let no statement run by itself after %s, while its limits are still being set',
    async (_, fails) => {
      const errors: unknown[] = [];
      const scope = new CallScope(performance.now() + 2_000);
      const work = runInScope(scope, () =>
        database.inTransaction(async (tx) => {
          await until(() => scope.leftMs < 1_500);
          // This statement first lowers the time limits. The transaction ends before it is sent.
          void tx.run(INSERT, [1, 'x']).catch((error: unknown) => errors.push(error));
          if (fails) throw new Error('refused');
        }),
      );
      await work.catch(() => {});
      await until(() => errors.length === 1);
      expect(errors).toEqual([expect.any(TypeError)]);
      expect(await ids()).toEqual([]);
    },
  );

  it('C8: a call waits one second for a lock, then the row is reported as locked', async () => {
    await database.inTransaction(insert(1));
    await holding('SELECT FROM item WHERE id = 1 FOR UPDATE', async () => {
      const change = (tx: Tx) => tx.run(`UPDATE item SET title = 'y' WHERE id = 1`);
      const error = await errorOf(within(AMPLE_MS, () => database.inTransaction(change)));
      expect(sqlStateOf(error)).toBe('55P03');
    });
    expect(await database.rows('SELECT title FROM item')).toEqual([{ title: 'x' }]);
  });
});

describe('calls for the same locked row', () => {
  it('C8: hold only some of the connections, so that other calls are answered meanwhile', async () => {
    await database.inTransaction(insert(1));
    const settled: string[] = [];
    await holding('SELECT FROM item WHERE id = 1 FOR UPDATE', async () => {
      const wide = await openTestDatabase({ ...test.config, databasePoolSize: 4 });
      const change = (tx: Tx) => tx.run(`UPDATE item SET title = 'y' WHERE id = 1`);
      const hot = Array.from({ length: 10 }, () =>
        errorOf(within(AMPLE_MS, () => wide.database.inTransaction(change), 'things.change 1')),
      );
      const others = Array.from({ length: 10 }, (_, n) =>
        within(AMPLE_MS, () => wide.database.inTransaction(insert(n + 2)), `things.change ${n + 2}`),
      );
      void Promise.all(hot).then(() => settled.push('hot'));
      void Promise.race(hot).then(() => settled.push('first of the hot'));
      await Promise.all(others).then(() => settled.push('others'));
      const errors = await Promise.all(hot);
      expect(errors.filter((error) => sqlStateOf(error) === '55P03')).toHaveLength(2);
      expect(errors.filter((error) => error instanceof ResourceBusyError)).toHaveLength(8);
      await wide.lifecycle.close();
    });
    expect(settled[0]).toBe('others');
    expect(await ids()).toHaveLength(11);
    expect(await database.rows(`SELECT id FROM item WHERE title = 'y'`)).toEqual([]);
  });
});

describe('work that is known to have been rolled back', () => {
  it('C8: runs once more if a table was altered, in every connection of the pool', async () => {
    const all = prepared('SELECT * FROM item WHERE id = $1');
    const back = prepared('INSERT INTO item (id, title) VALUES ($1, $2) RETURNING *');
    const every = (work: (n: number) => Promise<unknown>) =>
      Promise.all(Array.from({ length: POOL_SIZE * 3 }, (_, n) => work(n)));
    const write = (from: number) =>
      every((n) => within(AMPLE_MS, () => database.inTransaction((tx) => tx.rows(back, [from + n, 'x']))));
    const read = () => every((n) => within(AMPLE_MS, () => database.rows(all, [n])));
    await write(0);
    await read();
    // Each of the connections has prepared both statements.
    await Promise.all(
      Array.from({ length: POOL_SIZE }, (_, n) =>
        database.inTransaction(async (tx) => {
          await tx.rows(back, [1_000 + n, 'x']);
          await tx.rows(all, [n]);
          await tx.rows('SELECT pg_sleep(0.1)');
        }),
      ),
    );
    for (const [round, type] of ['varchar(250)', 'text'].entries()) {
      await asOwner(`ALTER TABLE item ALTER COLUMN title TYPE ${type}`);
      await within(AMPLE_MS, () => database.inTransaction((tx) => tx.rows(back, [2_000 + round, 'x'])));
      await Promise.all([write(100 * (round + 1)), read()]);
    }
    expect(await ids()).toHaveLength(POOL_SIZE * 10 + 2);
  });

  it('C8: begins on another connection if those of the pool are dead', async () => {
    const admin = new pg.Client({ connectionString: test.config.databaseUrl ?? '' });
    await admin.connect();
    const killAll = async () => {
      await Promise.all(
        Array.from({ length: POOL_SIZE }, () =>
          database.inTransaction((tx) => tx.rows('SELECT pg_sleep(0.1)')),
        ),
      );
      await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${PROJECT}-things' AND datname = $1`,
        [`${test.config.namespace}_things`],
      );
    };
    await killAll();
    await within(AMPLE_MS, () => database.inTransaction(insert(1)));
    await killAll();
    await within(AMPLE_MS, () => database.rows('SELECT 1'));
    await admin.end();
    expect(await ids()).toEqual([1]);
  });

  it('C8: runs once more if its connection was lost before the COMMIT', async () => {
    let attempts = 0;
    const seen: string[] = [];
    await within(AMPLE_MS, () =>
      database.inTransaction(async (tx) => {
        attempts += 1;
        tx.afterCommit(() => seen.push(`attempt ${attempts}`));
        await insert(attempts)(tx);
        const [own] = await tx.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        if (attempts === 1) await terminate(own?.pid);
        await tx.run('SELECT 1');
      }),
    );
    expect(await ids()).toEqual([2]);
    expect(seen).toEqual(['attempt 2']);
  });

  it('C8: runs once more, and only once, if another transaction overtook it', async () => {
    await database.inTransaction(insert(1));
    let attempts = 0;
    const overtaken = (times: number) => (tx: Tx) =>
      tx
        .run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
        .then(() => tx.run('SELECT 1 FROM item'))
        .then(async () => {
          attempts += 1;
          if (attempts <= times) await asOwner(`UPDATE item SET title = title || '.'`);
          return tx.run(`UPDATE item SET title = 'mine' WHERE id = 1`);
        });
    await within(AMPLE_MS, () => database.inTransaction(overtaken(1)));
    expect(attempts).toBe(2);
    attempts = 0;
    const error = await errorOf(within(AMPLE_MS, () => database.inTransaction(overtaken(9))));
    expect(sqlStateOf(error)).toBe('40001');
    expect(attempts).toBe(2);
  });

  it('C8: does not run again after a refusal or after its deadline', async () => {
    await database.inTransaction(insert(1));
    let attempts = 0;
    const duplicate = await errorOf(
      within(AMPLE_MS, () =>
        database.inTransaction(async (tx) => {
          attempts += 1;
          await insert(1)(tx);
        }),
      ),
    );
    expect(sqlStateOf(duplicate)).toBe('23505');
    expect(attempts).toBe(1);
    const scope = new CallScope(performance.now() + AMPLE_MS);
    const late = await errorOf(
      runInScope(scope, () =>
        database.inTransaction(async (tx) => {
          attempts += 1;
          const [own] = await tx.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
          await terminate(own?.pid);
          expire(scope);
          await tx.run('SELECT 1');
        }),
      ),
    );
    expect(late).toBeInstanceOf(Error);
    expect(attempts).toBe(2);
  });

  it('a transaction with an ignored failed statement does not succeed', async () => {
    const seen: string[] = [];
    const scope = new CallScope(performance.now() + AMPLE_MS);
    const work = runInScope(scope, () =>
      database.inTransaction(async (tx) => {
        tx.afterCommit(() => seen.push('committed'));
        await insert(1)(tx);
        await tx.run('SELECT 1/0').catch(() => {});
      }),
    );
    await expect(work).rejects.toThrow('rolled back');
    expect(seen).toEqual([]);
    expect(scope.hasCommitted).toBe(false);
    expect(await ids()).toEqual([]);
  });
});

describe('a COMMIT without an answer', () => {
  let proxy: Server;
  let cut: 'before' | 'after' | 'never' | undefined;
  let through: TestDatabase;

  beforeAll(async () => {
    const target = new URL(test.config.databaseUrl ?? '');
    const open = new Set<Socket>();
    proxy = createServer((client) => {
      const server = connect(Number(target.port), target.hostname);
      for (const socket of [client, server]) {
        open.add(socket);
        socket.on('error', () => {}).on('close', () => open.delete(socket));
      }
      let isSilent = false;
      client.on('data', (chunk) => {
        const isCommit = chunk.includes('COMMIT');
        if (isCommit && cut === 'before') {
          server.destroy();
          client.destroy();
          return;
        }
        server.write(chunk);
        if (!isCommit || cut === undefined) return;
        isSilent = true;
        if (cut === 'after') server.once('data', () => client.destroy());
      });
      server.on('data', (chunk) => isSilent || client.write(chunk));
      client.on('close', () => server.end());
      server.on('close', () => client.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const url = new URL(target);
    url.port = String((proxy.address() as AddressInfo).port);
    through = await openTestDatabase({ ...test.config, databaseUrl: url.href, databasePoolSize: 2 });
  });
  afterEach(() => {
    cut = undefined;
  });
  afterAll(async () => {
    await through.lifecycle.close();
    proxy.close();
  });

  it.each([
    ['after', [1]],
    ['before', []],
    ['never', [1]],
  ] as const)(
    'C7: has an unknown outcome, committed or not: connection cut %s the COMMIT',
    async (where, kept) => {
      await through.database.rows('SELECT 1');
      let attempts = 0;
      const scope = new CallScope(performance.now() + 1_000);
      const error = await errorOf(
        runInScope(scope, () =>
          through.database.inTransaction(async (tx) => {
            attempts += 1;
            await insert(1)(tx);
            cut = where;
          }),
        ),
      );
      expect(error).toBeInstanceOf(OutcomeUnknownError);
      expect(scope.hasCommitted).toBe(true);
      expect(attempts).toBe(1);
      expect(await ids()).toEqual(kept);
      cut = undefined;
      await until(() => through.database.inTransaction(insert(2)));
    },
  );

  it('C7: has a known outcome if nothing was changed', async () => {
    await through.database.rows('SELECT 1');
    const scope = new CallScope(performance.now() + 1_000);
    const error = await errorOf(
      runInScope(scope, () =>
        through.database.inTransaction(async (tx) => {
          await tx.rows('SELECT id FROM item FOR UPDATE');
          cut = 'never';
        }),
      ),
    );
    expect(isUnavailable(error)).toBe(true);
    expect(error).not.toBeInstanceOf(OutcomeUnknownError);
    expect(scope.hasCommitted).toBe(false);
  });
});
