import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { QueryTypes } from 'sequelize';
import { testConfig } from '../../test/harness/config.ts';
import { startReplica } from '../../test/harness/replica.ts';
import { startPostgres, type TestServer } from '../../test/harness/servers.ts';
import { until } from '../../test/harness/wait.ts';
import type { Address } from './address.ts';
import { type Database, lookUp, type Reader } from './database.ts';
import { isDatabaseAway } from './errors.ts';
import { DatabaseLifecycle } from './lifecycle.ts';
import { migrationsOf } from './migrate.ts';
import { FIXTURE_MIGRATIONS } from './open.fixture.ts';
import { ReplicaWatch } from './replica-watch.ts';

/** Shorter than in production, so that tests wait less for a check. */
const LOOK_EVERY_MS = 100;

let primary: TestServer;
let replica: TestServer;
const config = testConfig();

/** A URL that names only the replica's host. */
const bare = (server: TestServer) => `postgresql://${new URL(server.url).host}`;

interface Opened {
  readonly lifecycle: DatabaseLifecycle;
  readonly database: Database;
  /** Logged lines: level and text. */
  readonly lines: string[];
}

async function open(readUrl = bare(replica)): Promise<Opened> {
  const lines: string[] = [];
  const noting = (level: string) => (text: unknown) => void lines.push(`${level} ${String(text)}`);
  const lifecycle = new DatabaseLifecycle({
    config: { ...config, databaseUrl: primary.url, serviceDatabaseReadUrls: { things: readUrl } },
    service: 'things',
    migrations: FIXTURE_MIGRATIONS,
    log: { info: noting('info'), warn: noting('warn'), error: noting('error') },
    lookEveryMs: LOOK_EVERY_MS,
  });
  return { lifecycle, database: await lifecycle.open(), lines };
}

async function onReplica(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: replica.url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** The server that answers. */
async function answeredBy(reader: Reader): Promise<string> {
  const [row] = await reader.rows<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
  return row?.standby ? 'replica' : 'primary';
}

const nextId = (
  (id) => () =>
    ++id
)(0);

async function insert(database: Database, title = 'a'): Promise<number> {
  const id = nextId();
  await database.inTransaction((tx) => tx.run('INSERT INTO item (id, title) VALUES ($1, $2)', [id, title]));
  return id;
}

const find = (id: number) => async (reader: Reader) =>
  (await reader.rows<{ title: string }>('SELECT title FROM item WHERE id = $1', [id]))[0]?.title;

beforeAll(async () => {
  primary = await startPostgres();
  replica = await startReplica(primary);
});
afterAll(async () => {
  await replica.dispose();
  await primary.dispose();
});

describe('a service whose replica does not have its database yet (FAIL-4)', () => {
  it('reads from the primary, logs that, and reads from the replica after it has caught up', async () => {
    await onReplica('SELECT pg_wal_replay_pause()');
    const { lifecycle, database, lines } = await open();
    expect(await answeredBy(database)).toBe('primary');
    await until(() =>
      lines.some((line) => line.startsWith('warn ') && line.includes('THINGS_DATABASE_READ_URL')),
    );
    await onReplica('SELECT pg_wal_replay_resume()');
    await until(async () => (await answeredBy(database)) === 'replica');
    expect(lines.filter((line) => line.includes('THINGS_DATABASE_READ_URL'))).toEqual([
      expect.stringMatching(/^warn .* can't be read, the primary answers in its place: /),
      expect.stringMatching(/^info .* is read again$/),
    ]);
    expect(lines.join()).not.toContain(new URL(primary.url).password);
    await lifecycle.close();
  });
});

describe('a service with a streaming replica (FAIL-4)', () => {
  let opened: Opened;
  let database: Database;

  beforeAll(async () => {
    opened = await open();
    database = opened.database;
  });
  afterAll(() => opened.lifecycle.close());

  it('reads from it, also through models; reads of the newest state and transactions use the primary', async () => {
    await until(async () => (await answeredBy(database)) === 'replica');
    expect(await answeredBy(database.newest)).toBe('primary');
    expect(await database.inTransaction((tx) => answeredBy(tx))).toBe('primary');
    const select = (useMaster?: boolean) =>
      database.sequelize.query('SELECT pg_is_in_recovery() AS standby', {
        type: QueryTypes.SELECT,
        ...(useMaster === undefined ? {} : { useMaster }),
      });
    expect(await select()).toEqual([{ standby: true }]);
    expect(await select(true)).toEqual([{ standby: false }]);
  });

  it('finds rows by key that the replica does not have yet, and reports missing rows as missing', async () => {
    await onReplica('SELECT pg_wal_replay_pause()');
    const id = await insert(database, 'new');
    expect(await find(id)(database)).toBeUndefined();
    expect(await lookUp(database, find(id))).toBe('new');
    expect(await lookUp(database, find(-1))).toBeUndefined();
    await onReplica('SELECT pg_wal_replay_resume()');
    await until(async () => (await find(id)(database)) === 'new');
  });

  it('reads from the primary while the replica is down, and from the replica when it is back', async () => {
    await replica.stop();
    for (let read = 0; read < 5; read++) expect(await answeredBy(database)).toBe('primary');
    await replica.restart();
    await until(async () => (await answeredBy(database)) === 'replica');
  });

  it('reads from the primary while the replica hangs, also for running reads', async () => {
    await replica.pause();
    const reading = Array.from({ length: 10 }, () => answeredBy(database));
    expect(await Promise.all(reading)).toEqual(Array(10).fill('primary'));
    expect(await answeredBy(database)).toBe('primary');
    replica.resume();
    await until(async () => (await answeredBy(database)) === 'replica');
  });

  it('reads while the primary is down, also the newest state, and writes again when it is back', async () => {
    const id = await insert(database, 'kept');
    await primary.stop();
    expect(await find(id)(database)).toBe('kept');
    expect(await lookUp(database, find(-1))).toBeUndefined();
    expect(await answeredBy(database.newest)).toBe('replica');
    const error = await insert(database).catch((thrown: unknown) => thrown);
    expect(isDatabaseAway(error)).toBe(true);
    await primary.restart();
    await until(() => insert(database));
    await until(async () => (await answeredBy(database.newest)) === 'primary');
  });

  it('reads while the primary hangs, also the newest state once that is detected', async () => {
    await primary.pause();
    expect(await answeredBy(database)).toBe('replica');
    expect(await answeredBy(database.newest)).toBe('replica');
    primary.resume();
    await until(async () => (await answeredBy(database.newest)) === 'primary');
    // The reads that came while it hung do not block later ones.
    await Promise.all(Array.from({ length: 10 }, () => insert(database)));
  });
});

describe('a replica’s URL that leads to a missing database', () => {
  it('does not stop the service: the primary answers, and the log names the variable', async () => {
    const { lifecycle, database, lines } = await open(`${bare(replica)}/nowhere`);
    expect(await answeredBy(database)).toBe('primary');
    await until(() =>
      lines.some((line) => line.includes('THINGS_DATABASE_READ_URL') && line.includes('nowhere')),
    );
    await lifecycle.close();
  });
});

describe('a replica that does not keep up', () => {
  it('is read only while the primary is away, because no newer state can be read then', async () => {
    const { lifecycle, database } = await open();
    const runtime = lifecycle.runtime as Address;
    const { hostname: host, port } = new URL(replica.url);
    const watch = new ReplicaWatch({
      service: 'things',
      primary: runtime,
      replica: { ...runtime, host, port: Number(port) },
      migrations: await migrationsOf('things', FIXTURE_MIGRATIONS),
      isPrimaryMigrated: () => true,
      maxLagMs: 100,
      lookEveryMs: LOOK_EVERY_MS,
      log: { info() {}, warn() {} },
    });
    await watch.start();
    await until(() => watch.isGood('replica') && watch.isGood('primary'));
    await onReplica('SELECT pg_wal_replay_pause()');
    await insert(database);
    await until(() => !watch.isGood('replica'));
    await lifecycle.close();
    await primary.stop();
    await until(() => watch.isGood('replica') && !watch.isGood('primary'));
    await primary.restart();
    await until(() => watch.isGood('primary') && !watch.isGood('replica'));
    await onReplica('SELECT pg_wal_replay_resume()');
    await until(() => watch.isGood('replica'));
    await watch.stop();
  });
});

describe('a replica’s URL that leads to the primary itself', () => {
  it('is read like any other', async () => {
    const { lifecycle, database, lines } = await open(bare(primary));
    const id = await insert(database, 'both');
    expect(await find(id)(database)).toBe('both');
    expect(lines.filter((line) => line.includes('THINGS_DATABASE_READ_URL'))).toEqual([]);
    await lifecycle.close();
  });
});

describe('a replica that was promoted', () => {
  it('is read only while its former primary is away, and is reported', async () => {
    const { lifecycle, database, lines } = await open();
    await until(async () => (await answeredBy(database)) === 'replica');
    await onReplica('SELECT pg_promote()');
    const id = await insert(database, 'missed');
    await until(() => lines.some((line) => line.includes('it was promoted')));
    expect(await find(id)(database)).toBe('missed');
    await primary.stop();
    expect(await find(id)(database)).toBeUndefined();
    await primary.restart();
    await until(async () => (await find(id)(database)) === 'missed');
    await lifecycle.close();
  });
});
