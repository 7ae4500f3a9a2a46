import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Log } from '#mixins/log.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { startPostgres, type TestServer } from '../../test/harness/servers.ts';
import { until } from '../../test/harness/wait.ts';
import type { Database } from './database.ts';
import { isDatabaseAway, isRetryable } from './errors.ts';
import { DatabaseLifecycle, DatabaseNotMigratedError } from './lifecycle.ts';
import { FIXTURE_MIGRATIONS, openTestDatabase, silent, type TestDatabase } from './open.fixture.ts';

const one = (database: Database) => database.inTransaction((tx) => tx.rows('SELECT 1 AS one'));
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('a PostgreSQL that goes away and comes back', () => {
  let server: TestServer;
  let test: TestDatabase;

  beforeAll(async () => {
    server = await startPostgres();
    test = await openTestDatabase({ databaseUrl: server.url, databasePoolSize: 2 });
  });
  afterAll(async () => {
    await test.lifecycle.close();
    await server.dispose();
  });

  it('is reported as away by errors and readiness, and then as available again', async () => {
    expect(await test.lifecycle.readiness(test.database)).toEqual({ ready: true });
    for (const end of [() => server.stop(), () => server.kill()]) {
      await Promise.all([one(test.database), one(test.database)]);
      await end();
      for (let attempt = 0; attempt < 5; attempt++) {
        const error = await errorOf(one(test.database));
        expect(error).not.toBeNull();
        expect(isDatabaseAway(error) && isRetryable(error)).toBe(true);
      }
      expect(await errorOf(test.database.rows('SELECT 1'))).not.toBeNull();
      expect(await test.lifecycle.readiness(test.database)).toMatchObject({ ready: false });
      await server.restart();
      await until(() => one(test.database));
      await Promise.all(Array.from({ length: 10 }, () => one(test.database)));
      expect(await test.lifecycle.readiness(test.database)).toEqual({ ready: true });
    }
  });

  it('loses an open transaction, and nothing of a committed one', async () => {
    const error = await errorOf(
      test.database.inTransaction(async (tx) => {
        await tx.run(`INSERT INTO item (id, title) VALUES (1, 'lost')`);
        await server.restart();
        await tx.run(`INSERT INTO item (id, title) VALUES (2, 'lost')`);
      }),
    );
    expect(isRetryable(error)).toBe(true);
    await until(() => one(test.database));
    expect(await test.database.rows('SELECT * FROM item')).toEqual([]);
  });

  it('frees the locks of a transaction that does nothing for too long', async () => {
    const error = await errorOf(
      test.database.inTransaction(async (tx) => {
        await tx.run(`SELECT pg_advisory_xact_lock(1)`);
        await tx.run(`SET LOCAL idle_in_transaction_session_timeout = '100ms'`);
        await until(async () => {
          const [lock] = await test.database.rows<{ free: boolean }>(
            'SELECT pg_try_advisory_lock(1) AS free',
          );
          return lock?.free === true;
        });
        await tx.run('SELECT 1');
      }),
    );
    expect(isDatabaseAway(error)).toBe(true);
    await one(test.database);
  });
});

describe('a PostgreSQL that does not answer', () => {
  it('is away after an answer was late, and available again when it answers', async () => {
    const server = await startPostgres();
    const answerWithinMs = 2_000;
    const test = await openTestDatabase({ databaseUrl: server.url, databasePoolSize: 2 }, silent, {
      answerWithinMs,
    });
    await one(test.database);
    await server.pause();
    let error: unknown;
    void errorOf(one(test.database)).then((thrown) => {
      error = thrown;
    });
    await until(() => error !== undefined);
    expect(isDatabaseAway(error)).toBe(true);
    server.resume();
    await until(() => one(test.database));
    await test.lifecycle.close();
    await server.dispose();
  });
});

describe('a PostgreSQL that is not up yet', () => {
  it('makes a node wait, with a line in the log, and is then prepared', async () => {
    const server = await startPostgres();
    await server.stop();
    const warnings: string[] = [];
    const log: Log = { ...silent, warn: (line) => warnings.push(String(line)) };
    const opening = openTestDatabase({ databaseUrl: server.url }, log);
    await until(() => warnings.length >= 1);
    expect(warnings[0]).toContain('The database of things on 127.0.0.1');
    await server.restart();
    const test = await opening;
    await one(test.database);
    await test.lifecycle.close();
    await server.dispose();
  });

  it('G26: is logged once, however many attempts fail', async () => {
    const warnings: string[] = [];
    /** The lines that were logged before each attempt. */
    const told: number[] = [];
    const refusing = createServer((socket) => {
      told.push(warnings.length);
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const { port } = refusing.address() as AddressInfo;
    const lifecycle = new DatabaseLifecycle({
      config: testConfig({ databaseUrl: `postgresql://postgres:secret@127.0.0.1:${port}/postgres` }),
      service: 'things',
      migrations: FIXTURE_MIGRATIONS,
      log: { ...silent, warn: (line) => warnings.push(String(line)) },
      maxPauseMs: 1,
    });
    const opening = errorOf(lifecycle.open());
    await until(() => told.length > 25);
    await lifecycle.close();
    await opening;
    refusing.close();
    expect([0, 1, 12, 25].map((attempt) => told[attempt])).toEqual([0, 1, 1, 1]);
  });

  it('does not delay a node that stops', async () => {
    const warnings: string[] = [];
    const lifecycle = new DatabaseLifecycle({
      config: testConfig({ databaseUrl: 'postgresql://postgres:secret@127.0.0.1:1/postgres' }),
      service: 'things',
      migrations: FIXTURE_MIGRATIONS,
      log: { ...silent, warn: (line) => warnings.push(String(line)) },
    });
    const opening = errorOf(lifecycle.open());
    await until(() => warnings.length > 0);
    await lifecycle.close();
    expect(await opening).not.toBeNull();
    expect(warnings.join()).not.toContain('secret');
  });

  it('ends the wait if it refuses the password', async () => {
    const config = testConfig();
    const url = new URL(config.databaseUrl ?? '');
    url.password = 'wrong';
    await expect(openTestDatabase({ databaseUrl: url.href })).rejects.toThrow('password');
    await dropNamespace(config);
  });
});

describe('a service with a read replica (FAIL-4)', () => {
  let primary: TestServer;
  /**
   * Another server with the same tables. Its different rows show which server a statement reached.
   */
  let replica: TestDatabase;

  beforeAll(async () => {
    primary = await startPostgres();
    replica = await openTestDatabase();
    await replica.database.inTransaction((tx) =>
      tx.run(`INSERT INTO item (id, title) VALUES (1, 'replica')`),
    );
  });
  afterAll(async () => {
    await replica.close();
    await primary.dispose();
  });

  const opened = async () => {
    const url = new URL(replica.config.databaseUrl ?? '');
    url.pathname = `/${replica.config.namespace}_things`;
    const config = testConfig({
      databaseUrl: primary.url,
      serviceDatabaseReadUrls: { things: url.href },
    });
    const lifecycle = new DatabaseLifecycle({
      config,
      service: 'things',
      migrations: FIXTURE_MIGRATIONS,
      log: silent,
    });
    return { lifecycle, database: await lifecycle.open() };
  };
  const read = (database: Database) => database.rows('SELECT title FROM item');

  it('reads from it, and decides and writes on the primary', async () => {
    const { lifecycle, database } = await opened();
    expect(await read(database)).toEqual([{ title: 'replica' }]);
    expect(await database.inTransaction((tx) => tx.rows('SELECT title FROM item'))).toEqual([]);
    await lifecycle.close();
  });

  it('goes on reading with the primary down', async () => {
    const { lifecycle, database } = await opened();
    await primary.stop();
    expect(await read(database)).toEqual([{ title: 'replica' }]);
    expect(isDatabaseAway(await errorOf(one(database)))).toBe(true);
    await lifecycle.close();
    await primary.restart();
  });

  it('starts and reads with the primary down, and writes only after the primary is migrated', async () => {
    await primary.stop();
    const { lifecycle, database } = await opened();
    expect(await read(database)).toEqual([{ title: 'replica' }]);
    const error = await errorOf(one(database));
    expect(error).toBeInstanceOf(DatabaseNotMigratedError);
    expect(isRetryable(error) && isDatabaseAway(error)).toBe(true);
    expect(await lifecycle.readiness(database)).toMatchObject({ ready: false });
    await primary.restart();
    await until(() => one(database), { within: 20_000 });
    expect(await lifecycle.readiness(database)).toEqual({ ready: true });
    await database.inTransaction((tx) => tx.run(`INSERT INTO item (id, title) VALUES (1, 'primary')`));
    await lifecycle.close();
  });
});
