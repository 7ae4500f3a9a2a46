/** Restores a database at a fraction of the cost of making another one. */
import pg from 'pg';
import { addressesOf } from '#mixins/database/address.ts';
import { loginAt } from '#mixins/database/client.ts';
import type { Config } from '../../config.ts';

const { escapeIdentifier: quoted, escapeLiteral: literal } = pg;

/** The schema that keeps the tables' original rows. */
const KEPT = 'pristine';

export interface Pristine {
  /**
   * Empties every table and restores the original rows and sequence numbers, in one transaction
   * without triggers. It waits for running transactions. It does not undo new or altered tables.
   */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Saves the current rows of a service's database. */
export async function keepPristine(config: Config, service: string): Promise<Pristine> {
  const { admin, owner } = addressesOf(config, service);
  const client = new pg.Client(loginAt({ ...admin, database: owner.database }));
  // Triggers, foreign keys and rights are for services: this is what a new database would have.
  await client.connect();
  await client.query('SET session_replication_role = replica');
  await client.query(`CREATE SCHEMA ${KEPT}`);
  const undo = await statements(client);
  return {
    restore: async () => void (await client.query(undo)),
    close: () => client.end(),
  };
}

/** A service's database that the tests of a file share, each of which begins with `restore`. */
export type Restorable<Opened> = Opened & Pick<Pristine, 'restore'>;

/** The database of a fixture that has no writes yet. `close` also closes it. */
export async function restorable<Opened extends { readonly config: Config; close(): Promise<void> }>(
  opened: Opened,
  service: string,
): Promise<Restorable<Opened>> {
  const pristine = await keepPristine(opened.config, service);
  const close = async () => {
    await pristine.close();
    await opened.close();
  };
  return { ...opened, restore: pristine.restore, close };
}

/** One text, and therefore one round trip. */
async function statements(client: pg.Client): Promise<string> {
  const tables = await tablesOf(client);
  const list = tables.map(({ name }) => quoted(name)).join(', ');
  const refills: string[] = [];
  for (const { name, columns } of tables) {
    const kept = `${KEPT}.${quoted(name)}`;
    const { rowCount } = await client.query(`CREATE TABLE ${kept} AS TABLE ${quoted(name)}`);
    if (rowCount === 0) continue;
    const names = columns.map(quoted).join(', ');
    refills.push(
      `INSERT INTO ${quoted(name)} (${names}) OVERRIDING SYSTEM VALUE SELECT ${names} FROM ${kept}`,
    );
  }
  return [
    'BEGIN',
    `LOCK TABLE ${list} IN ACCESS EXCLUSIVE MODE`,
    // DELETE is cheaper than TRUNCATE, which makes new files for each table and its indexes.
    ...tables.map(({ name }) => `DELETE FROM ${quoted(name)}`),
    ...refills,
    ...(await sequences(client)),
    'COMMIT',
  ].join(';\n');
}

interface Table {
  readonly name: string;
  /** The columns without generated ones. */
  readonly columns: readonly string[];
}

async function tablesOf(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `SELECT relname::text AS name, array_agg(attname::text ORDER BY attnum) AS columns
     FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
       AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     GROUP BY relname ORDER BY relname`,
  );
  return rows;
}

async function sequences(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; start: string; last: string | null }>(
    `SELECT sequencename AS name, start_value::text AS start, last_value::text AS last FROM pg_sequences WHERE schemaname = 'public'`,
  );
  return rows.map(({ name, start, last }) => {
    const used = last !== null;
    return `SELECT setval(${literal(quoted(name))}, ${used ? last : start}, ${used})`;
  });
}
