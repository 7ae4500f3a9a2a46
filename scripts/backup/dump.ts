/** Copies the databases of all services, as they were at one moment. */
import type pg from 'pg';
import { addressesToProvision } from '#mixins/database/address.ts';
import type { Config } from '../../config.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { withDatabase } from '../provision/databases.ts';
import { pathOf, recordedMigrations, sequencesOf, tablesOf } from './catalog.ts';
import { copyOut } from './copy.ts';
import { takeCut } from './cut.ts';
import type { StoredDatabase, StoredTable } from './manifest.ts';
import type { Progress } from './progress.ts';
import { compressed, storeFile } from './store.ts';

export interface Dump {
  readonly takenAt: Date;
  readonly version: string;
  readonly databases: readonly StoredDatabase[];
}

/** PostgreSQL's code for a missing right. */
const FORBIDDEN = '42501';

/** Throws `LaunchError` where a right is missing, and the errors of PostgreSQL and of the disk. */
export async function dumpDatabases(config: Config, folder: string, progress: Progress): Promise<Dump> {
  try {
    return await dumpAll(config, folder, progress);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== FORBIDDEN) throw error;
    throw new LaunchError(
      `A backup needs the owners of the databases (${error.message}). Set DATABASE_URL to the role of npm run provision.`,
      { cause: error },
    );
  }
}

async function dumpAll(config: Config, folder: string, progress: Progress): Promise<Dump> {
  const services = withDatabase(config.product, [...config.product.services.keys()]);
  const cut = await takeCut(services.map((service) => addressesToProvision(config, service).owner));
  try {
    progress.say(`the databases are copied as they were at ${cut.takenAt.toISOString()}`);
    const databases: StoredDatabase[] = [];
    let version = '';
    for (const [index, client] of cut.snapshots.entries()) {
      const service = services[index] ?? '';
      databases.push(await dumpDatabase(client, service, folder, progress));
      version = (await client.query<{ version: string }>('SELECT version()')).rows[0]?.version ?? '';
      // An open snapshot keeps PostgreSQL from clearing old rows away.
      await client.query('COMMIT');
    }
    return { takenAt: cut.takenAt, version, databases };
  } finally {
    await cut.end();
  }
}

async function dumpDatabase(
  client: pg.Client,
  service: string,
  folder: string,
  progress: Progress,
): Promise<StoredDatabase> {
  const tables: StoredTable[] = [];
  for (const table of await tablesOf(client)) {
    const copied = copyOut(client, `COPY ${pathOf(table)} (${table.columns.join(', ')}) TO STDOUT`);
    const path = `databases/${service}/${table.schema}.${table.name}.gz`;
    const counted = progress.count(`${service}: ${table.name}`, compressed(copied.data));
    const file = await storeFile(folder, path, counted);
    tables.push({ ...table, rows: copied.rows, file });
  }
  const [migrations, sequences] = [await recordedMigrations(client), await sequencesOf(client)];
  progress.say(`${service}: ${rowsIn(tables)} rows of ${tables.length} tables`);
  return { service, migrations, tables, sequences };
}

export function rowsIn(tables: readonly StoredTable[]): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}
