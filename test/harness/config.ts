/**
 * A configuration for one test: the shared servers, a namespace of its own, nothing from the
 * environment.
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'nats';
import pg from 'pg';
import { type Config, readConfig } from '../../config.ts';
import { testServers } from './servers.ts';
import { SERVICE_VARIABLES } from './variables.ts';

/** A namespace that no other test has: `t` and 10 random hex digits. */
export function freshNamespace(): string {
  return `t${randomBytes(5).toString('hex')}`;
}

/**
 * Defaults on the shared servers, with a fresh namespace, a free port and little logging.
 * `overrides` come last.
 */
export function testConfig(overrides: Partial<Config> = {}): Config {
  const { natsUrl, databaseUrl } = testServers();
  return {
    ...readConfig({
      NATS_URL: natsUrl,
      DATABASE_URL: databaseUrl,
      PORT: '0',
      LOG_LEVEL: 'error',
      ...SERVICE_VARIABLES,
    }),
    namespace: freshNamespace(),
    ...overrides,
  };
}

/**
 * Deletes everything of a namespace: its databases, roles, streams and buckets. For the end of a
 * test.
 */
export async function dropNamespace(config: Config): Promise<void> {
  await dropDatabases(config);
  await dropStreams(config);
}

async function dropDatabases(config: Config): Promise<void> {
  if (config.databaseUrl === null) return;
  const client = new pg.Client({ connectionString: config.databaseUrl });
  await client.connect();
  try {
    const prefix = [`${config.namespace}_`];
    const databases = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      prefix,
    );
    for (const { name } of databases.rows)
      await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    const roles = await client.query<{ name: string }>(
      'SELECT rolname AS name FROM pg_roles WHERE starts_with(rolname, $1)',
      prefix,
    );
    for (const { name } of roles.rows) await client.query(`DROP ROLE IF EXISTS "${name}"`);
  } finally {
    await client.end();
  }
}

async function dropStreams(config: Config): Promise<void> {
  const url = new URL(config.natsUrls[0] ?? '');
  const connection = await connect({ servers: url.host, user: url.username, pass: url.password });
  try {
    const manager = await connection.jetstreamManager();
    // A bucket is the stream KV_<name>.
    const ours = new RegExp(`^(KV_)?${config.namespace}_`);
    const names: string[] = [];
    for await (const name of manager.streams.names()) names.push(name);
    for (const name of names.filter((each) => ours.test(each))) await manager.streams.delete(name);
  } finally {
    await connection.close();
  }
}
