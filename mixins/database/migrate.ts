/** Brings a service's database to the state that this release expects. */
import { readdir } from 'node:fs/promises';
import { ConnectionError } from 'sequelize';
import { Umzug } from 'umzug';
import { type Address, roleAt } from './address.ts';
import { type Client, quoted, withClient } from './client.ts';

/** Migrations of the platform's own tables, which every service's database has. */
const PLATFORM_MIGRATIONS = new URL('../migrations/', import.meta.url);

/** Key of the advisory lock under which a database is migrated. It holds within that database. */
const MIGRATE_LOCK = 4_802_113_002;
/** How long another node may take to migrate, in milliseconds. */
const MIGRATED_WITHIN_MS = 10 * 60_000;
/**
 * How long a migration waits for a table that is in use, in milliseconds. Later statements on the
 * table queue behind it, so it gives up and is retried.
 */
const TABLE_WITHIN_MS = 5_000;

/** The roles of a service, quoted, for GRANT and REVOKE in migrations. */
export interface MigrationRoles {
  readonly runtimeRole: string;
  readonly ownerRole: string;
}

/**
 * A file `NNNN_verb_noun.ts`: plain SQL, frozen once released. Each direction and its record share
 * one transaction.
 */
export interface Migration {
  up(run: (sql: string) => Promise<void>, roles: MigrationRoles): Promise<void>;
  down(run: (sql: string) => Promise<void>, roles: MigrationRoles): Promise<void>;
}

/** The database has migrations that this code lacks: a newer release migrated it. */
export class UnknownMigrationError extends Error {
  constructor(database: string, names: readonly string[]) {
    super(
      `The database ${database} has migrations that this release does not know (${names.join(', ')}): run the newer release, or restore a backup from before it`,
    );
    this.name = 'UnknownMigrationError';
  }
}

/** The record that stands in a database from the beginning of its restore until all is restored. */
export const UNFINISHED = 'restore/unfinished';

/** A restore ended before it was complete, so no service may use the database. */
export class RestoreUnfinishedError extends Error {
  constructor(database: string) {
    super(`A restore of ${database} has not ended, or was interrupted: run npm run restore again`);
    this.name = 'RestoreUnfinishedError';
  }
}

/**
 * Migrations of this release have not run, and the current role owns nothing, so it cannot run
 * them.
 */
export class SchemaMissingError extends ConnectionError {
  constructor({ database, user }: Address, missing: readonly string[]) {
    super(
      new Error(
        `The database ${database} lacks ${missing.length} migrations (${missing[0]} …), and ${user} may not ` +
          'migrate it: waiting for npm run provision',
      ),
    );
    this.name = 'SchemaMissingError';
  }
}

export interface MigrateOptions {
  readonly owner: Address;
  readonly runtimeRole: string;
  readonly service: string;
  /** The folder of the service's own migrations, run after the platform's. */
  readonly migrations: URL;
}

/**
 * Applies pending migrations, the platform's first. Returns their names. Nodes that migrate at the
 * same time take turns.
 */
export function migrate(options: MigrateOptions): Promise<string[]> {
  return migrating(options, async (umzug) => (await umzug.up()).map(({ name }) => name));
}

/**
 * Applies these migrations to a database that is being restored, in this order. Others are left to
 * the next start.
 */
export function migrateRestored(options: MigrateOptions, names: readonly string[]): Promise<string[]> {
  const apply = async (umzug: Umzug<Client>) =>
    (await umzug.up({ migrations: [...names], rerun: 'SKIP' })).map(({ name }) => name);
  return migrating(options, apply, true);
}

/** Keeps services from using a database until `markRestored`. */
export function markUnfinished(options: MigrateOptions): Promise<void> {
  return withClient(options.owner, async (client) => {
    await ensureTable(client, options);
    await client.run(`${RECORD} ON CONFLICT DO NOTHING`, [UNFINISHED]);
  });
}

export function markRestored(owner: Address): Promise<void> {
  return withClient(owner, (client) => client.run(FORGET, [UNFINISHED]));
}

/** Whether a restore of the database has begun and not ended. */
export function isUnfinished(address: Address): Promise<boolean> {
  return withClient(address, async (client) =>
    (await tableExists(client)) ? (await executed(client)).includes(UNFINISHED) : false,
  );
}

/**
 * Reverts the last `steps` migrations. Returns their names, newest first. For operators and tests.
 */
export function migrateDown(options: MigrateOptions, steps: number): Promise<string[]> {
  return migrating(options, async (umzug) => (await umzug.down({ step: steps })).map(({ name }) => name));
}

/** The names of all migrations of this release, as a database records them. */
export async function migrationsOf(service: string, folder: URL): Promise<string[]> {
  const all = [
    ...(await migrationsIn(PLATFORM_MIGRATIONS, 'platform')),
    ...(await migrationsIn(folder, service)),
  ];
  return all.map(({ name }) => name);
}

/**
 * Returns when all migrations of this release have run. Throws `SchemaMissingError`, which is
 * retryable, while one is missing. Throws `UnknownMigrationError` where a newer release has
 * migrated. Only needs the right to read.
 */
export async function assertMigrated(address: Address, names: readonly string[]): Promise<void> {
  await withClient(address, async (client) => {
    const done = (await tableExists(client)) ? await executed(client) : [];
    const missing = names.filter((name) => !done.includes(name));
    if (missing.length > 0) throw new SchemaMissingError(address, missing);
    assertKnown(address.database, names, done);
  });
}

function assertKnown(database: string, known: readonly string[], done: readonly string[]): void {
  if (done.includes(UNFINISHED)) throw new RestoreUnfinishedError(database);
  const unknown = done.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UnknownMigrationError(database, unknown);
}

function migrating<Result>(
  options: MigrateOptions,
  work: (umzug: Umzug<Client>) => Promise<Result>,
  isRestoring = false,
): Promise<Result> {
  return withClient(options.owner, async (client) => {
    // There is no statement_timeout, because an index on a large table takes long.
    await client.run(`SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0`);
    await client.run(`SET lock_timeout = ${MIGRATED_WITHIN_MS}`);
    await client.run('SELECT pg_advisory_lock($1)', [MIGRATE_LOCK]);
    await client.run(`SET lock_timeout = ${TABLE_WITHIN_MS}`);
    await ensureTable(client, options);
    const umzug = await umzugOf(client, options);
    const known = (await umzug.migrations(client)).map(({ name }) => name);
    const done = await executed(client);
    assertKnown(
      options.owner.database,
      known,
      isRestoring ? done.filter((name) => name !== UNFINISHED) : done,
    );
    return work(umzug);
  });
}

async function tableExists(client: Client): Promise<boolean> {
  const [existing] = await client.rows<{ made: boolean }>(
    `SELECT to_regclass('public.schema_migration') IS NOT NULL AS made`,
  );
  return existing?.made === true;
}

async function ensureTable(client: Client, { runtimeRole, owner }: MigrateOptions): Promise<void> {
  if (await tableExists(client)) return;
  await inTransaction(client, async () => {
    await client.run(`CREATE TABLE schema_migration (
      name text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT schema_migration_pk PRIMARY KEY (name)
    )`);
    await client.run(`COMMENT ON TABLE schema_migration IS 'Migrations that were applied to this database'`);
    if (runtimeRole === roleAt(owner)) return;
    await client.run(`REVOKE INSERT, UPDATE, DELETE ON schema_migration FROM ${quoted(runtimeRole)}`);
  });
}

async function umzugOf(client: Client, options: MigrateOptions): Promise<Umzug<Client>> {
  const roles = { runtimeRole: quoted(options.runtimeRole), ownerRole: quoted(roleAt(options.owner)) };
  const migrations = [
    ...(await migrationsIn(PLATFORM_MIGRATIONS, 'platform')),
    ...(await migrationsIn(options.migrations, options.service)),
  ];
  return new Umzug<Client>({
    context: client,
    logger: undefined,
    migrations: migrations.map(({ name, load }) => ({
      name,
      up: () => step(client, name, async (run) => (await load()).up(run, roles), RECORD),
      down: () => step(client, name, async (run) => (await load()).down(run, roles), FORGET),
    })),
    // `step` makes the record, in the transaction of the change.
    storage: {
      logMigration: async () => {},
      unlogMigration: async () => {},
      executed: () => executed(client),
    },
  });
}

const RECORD = 'INSERT INTO schema_migration (name) VALUES ($1)';
const FORGET = 'DELETE FROM schema_migration WHERE name = $1';

async function executed(client: Client): Promise<string[]> {
  const rows = await client.rows<{ name: string }>(
    'SELECT name FROM schema_migration ORDER BY applied_at, name',
  );
  return rows.map(({ name }) => name);
}

async function step(
  client: Client,
  name: string,
  change: (run: (sql: string) => Promise<void>) => Promise<void>,
  record: string,
): Promise<void> {
  await inTransaction(client, async () => {
    await change((sql) => client.run(sql));
    await client.run(record, [name]);
  });
}

async function inTransaction(client: Client, work: () => Promise<void>): Promise<void> {
  await client.run('BEGIN');
  try {
    await work();
  } catch (error) {
    await client.run('ROLLBACK').catch(() => {});
    throw error;
  }
  await client.run('COMMIT');
}

/** Their names are `<service or platform>/<file without its ending>`. */
async function migrationsIn(folder: URL, prefix: string) {
  const files = await readdir(folder);
  return files
    .filter((file) => /^\d{4}_[a-z0-9_]+\.ts$/.test(file))
    .sort()
    .map((file) => ({
      name: `${prefix}/${file.slice(0, -'.ts'.length)}`,
      load: async () => (await import(new URL(file, folder).href)) as Migration,
    }));
}
