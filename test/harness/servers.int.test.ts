import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type NatsConnection } from 'nats';
import pg from 'pg';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from './config.ts';
import { startNats, startPostgres, type TestServer, testServers } from './servers.ts';

function connectTo(url: string): Promise<NatsConnection> {
  const { host, username, password } = new URL(url);
  return connect({ servers: host, user: username, pass: password, reconnect: false });
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end().catch(() => undefined);
  }
}

describe('a namespace on the shared servers', () => {
  let config: Config;

  beforeAll(() => {
    config = testConfig();
  });

  it('is used by no other test', () => {
    expect(testConfig().namespace).not.toBe(config.namespace);
  });

  it('leaves nothing behind when it is dropped, and no other one is dropped', async () => {
    const { natsUrl, databaseUrl } = testServers();
    const other = testConfig();
    const connection = await connectTo(natsUrl);
    const manager = await connection.jetstreamManager();
    for (const { namespace } of [config, other]) {
      await ask(databaseUrl, `CREATE DATABASE ${namespace}_parrots`);
      await ask(databaseUrl, `CREATE ROLE ${namespace}_parrots`);
      await manager.streams.add({ name: `${namespace}_PARROTS`, subjects: [`${namespace}.>`] });
    }
    await dropNamespace(config);
    const left = async (namespace: string) => [
      await ask(databaseUrl, `SELECT 1 FROM pg_database WHERE datname = '${namespace}_parrots'`),
      await ask(databaseUrl, `SELECT 1 FROM pg_roles WHERE rolname = '${namespace}_parrots'`),
      (await manager.streams.names().next()).filter((name) => name === `${namespace}_PARROTS`),
    ];
    expect(await left(config.namespace)).toEqual([[], [], []]);
    expect(await left(other.namespace)).toEqual([[1], [1], [`${other.namespace}_PARROTS`]]);
    await dropNamespace(other);
    await connection.close();
  });
});

describe('a PostgreSQL server for one test', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startPostgres({ settings: { max_connections: '20' } });
  });
  afterAll(() => server.dispose());

  it('has full durability and requires a password', async () => {
    const wrong = server.url.replace(/:[0-9a-f]{64}@/, ':wrong@');
    await expect(ask(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(
      await ask(server.url, "SELECT current_setting('fsync'), current_setting('synchronous_commit')"),
    ).toEqual(['on', 'on']);
    expect(await ask(server.url, "SELECT lower('ÄŽ'), current_setting('max_connections')")).toEqual([
      'äž',
      '20',
    ]);
  });

  it('has its committed data again after SIGKILL, at the same address', async () => {
    const { url } = server;
    await ask(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await server.kill();
    await expect(ask(url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.restart();
    expect(server.url).toBe(url);
    expect(await ask(url, 'SELECT answer FROM kept')).toEqual([42]);
  });

  it('does not answer while it is paused, and goes on afterwards', async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await server.pause();
    let answered = false;
    const answer = client.query('SELECT 1').then(() => {
      answered = true;
    });
    await expect(
      new pg.Client({ connectionString: server.url, connectionTimeoutMillis: 200 }).connect(),
    ).rejects.toThrow();
    expect(answered).toBe(false);
    server.resume();
    await answer;
    await client.end();
  });
});

describe('a nats-server for one test', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server.dispose());

  it('refuses connections without the password', async () => {
    await expect(connect({ servers: new URL(server.url).host, reconnect: false })).rejects.toMatchObject({
      code: 'AUTHORIZATION_VIOLATION',
    });
  });

  it('has its streams again after SIGKILL, at the same address', async () => {
    const { url } = server;
    const before = await connectTo(url);
    await (await before.jetstreamManager()).streams.add({ name: 'KEPT', subjects: ['kept.>'] });
    await before.jetstream().publish('kept.one');
    await server.kill();
    await before.closed();
    await server.restart();
    expect(server.url).toBe(url);
    const after = await connectTo(url);
    const info = await (await after.jetstreamManager()).streams.info('KEPT');
    expect(info.state.messages).toBe(1);
    await after.close();
  });

  it('may store as much when it starts again with less free disk space', async () => {
    const limits = () =>
      readFileSync(`${server.folder}/nats-server.log`, 'utf8').match(/(?<=Max Storage: +)\S.*/g) ?? [];
    const [limit] = limits();
    writeFileSync(`${server.folder}/filler`, Buffer.alloc(64 * 1024 * 1024, 1));
    await server.restart();
    expect(limits().at(-1)).toBe(limit);
    expect(limit).toMatch(/^\d+\.\d+ [MGT]B$/);
  });
});
