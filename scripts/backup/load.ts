/** Fills the tables of a migrated database from a backup, in one transaction. */
import type pg from 'pg';
import type { Address } from '#mixins/database/address.ts';
import { UNFINISHED } from '#mixins/database/migrate.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { inOrderOfReferences, pathOf, type Table, tablesOf } from './catalog.ts';
import { connectTo } from './connection.ts';
import { copyIn } from './copy.ts';
import type { StoredDatabase, StoredTable } from './manifest.ts';
import type { Progress } from './progress.ts';
import { decompressed } from './store.ts';

/**
 * Rows come as they were, so triggers neither check nor change them. Foreign keys are checked. The
 * owner of the tables may do all of this, also to tables that the service may only append to.
 * Throws the errors of PostgreSQL; then nothing was changed.
 */
export async function loadDatabase(
  owner: Address,
  stored: StoredDatabase,
  folder: string,
  progress: Progress,
): Promise<void> {
  const client = await connectTo(owner);
  try {
    await client.query('BEGIN');
    const tables = await tablesOf(client);
    assertSame(owner.database, stored, tables);
    const triggers = await disableTriggers(client, tables);
    await client.query(`TRUNCATE ${tables.map(pathOf).join(', ')}`);
    for (const table of await inOrderOfReferences(client, stored.tables)) {
      await loadTable(client, stored.service, table, folder, progress);
    }
    await client.query('INSERT INTO public.schema_migration (name) VALUES ($1)', [UNFINISHED]);
    for (const sequence of stored.sequences) {
      const { value, isCalled } = sequence;
      await client.query('SELECT setval($1::regclass, $2::bigint, $3)', [pathOf(sequence), value, isCalled]);
    }
    // A table with checks that wait for the end of the transaction can't be altered.
    await client.query('SET CONSTRAINTS ALL IMMEDIATE');
    for (const enable of triggers) await client.query(enable);
    await client.query('COMMIT');
    // Without figures about the rows, plans are bad until autovacuum comes by.
    for (const table of tables) await client.query(`ANALYZE ${pathOf(table)}`);
  } finally {
    await client.end();
  }
}

/** Each table of the backup must be there with its columns. */
function assertSame(database: string, stored: StoredDatabase, tables: readonly Table[]): void {
  const columnsAt = new Map(tables.map((table) => [pathOf(table), new Set(table.columns)]));
  for (const table of stored.tables) {
    const columns = columnsAt.get(pathOf(table));
    const missing = table.columns.filter((column) => !columns?.has(column));
    if (missing.length === 0) continue;
    throw new LaunchError(
      `${database} has no ${missing.join(', ')} in ${pathOf(table)}, although it has the migrations of the backup. ` +
        'Restore into an empty database of a role that may make roles and databases (DATABASE_URL).',
    );
  }
}

async function loadTable(
  client: pg.Client,
  service: string,
  table: StoredTable,
  folder: string,
  progress: Progress,
): Promise<void> {
  const source = progress.count(`${service}: ${table.name}`, decompressed(`${folder}/${table.file.path}`));
  const sql = `COPY ${pathOf(table)} (${table.columns.join(', ')}) FROM STDIN`;
  const rows = await copyIn(client, sql, source);
  if (rows === table.rows) return;
  throw new LaunchError(`${table.file.path} has ${rows} rows, and the manifest says ${table.rows}.`);
}

/** Returns the statements that enable them again, each as it was. */
async function disableTriggers(client: pg.Client, tables: readonly Table[]): Promise<string[]> {
  const { rows } = await client.query<{ enable: string }>(
    `SELECT format('ALTER TABLE %s ENABLE %s TRIGGER %I', t.tgrelid::regclass,
       CASE t.tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, t.tgname) AS enable
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND c.relkind = 'r'`,
  );
  for (const table of tables) await client.query(`ALTER TABLE ${pathOf(table)} DISABLE TRIGGER USER`);
  return rows.map(({ enable }) => enable);
}
