/** What a database has: its tables, sequences and migrations. Read from PostgreSQL's catalogue. */
import pg from 'pg';
import type { StoredSequence } from './manifest.ts';

export interface Table {
  readonly schema: string;
  readonly name: string;
  /** Quoted, and without generated columns. */
  readonly columns: readonly string[];
}

/** Rows are only in tables without partitions and in partitions. Not PostgreSQL's own schemas. */
const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name,
    (SELECT array_agg(quote_ident(attname) ORDER BY attnum) FROM pg_attribute
      WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
  ORDER BY n.nspname, c.relname`;

const SEQUENCES = `
  SELECT n.nspname AS schema, c.relname AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'S' AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
  ORDER BY n.nspname, c.relname`;

/** Each pair is a table and one that its foreign keys name. */
const REFERENCES = `
  SELECT DISTINCT conrelid::regclass::text AS from, confrelid::regclass::text AS to
  FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid`;

export async function tablesOf(client: pg.Client): Promise<Table[]> {
  return (await client.query<Table>(TABLES)).rows;
}

/** `"public"."item"` */
export function pathOf({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}

/** Their values are newer than the rows of a snapshot. Gaps do no harm, but repetitions would. */
export async function sequencesOf(client: pg.Client): Promise<StoredSequence[]> {
  const found = await client.query<Pick<StoredSequence, 'schema' | 'name'>>(SEQUENCES);
  const sequences: StoredSequence[] = [];
  for (const each of found.rows) {
    const { rows } = await client.query<{ value: string; called: boolean }>(
      `SELECT last_value::text AS value, is_called AS called FROM ${pathOf(each)}`,
    );
    for (const { value, called } of rows) sequences.push({ ...each, value, isCalled: called });
  }
  return sequences;
}

export async function recordedMigrations(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT name FROM public.schema_migration ORDER BY applied_at, name',
  );
  return rows.map(({ name }) => name);
}

/** The tables in an order in which each comes behind those that it references. */
export async function inOrderOfReferences<Each extends Pick<Table, 'schema' | 'name'>>(
  client: pg.Client,
  tables: readonly Each[],
): Promise<Each[]> {
  await client.query(`SET search_path = ''`);
  const { rows } = await client.query<{ from: string; to: string }>(REFERENCES);
  await client.query('RESET search_path');
  const plain = ({ schema, name }: Each) => `${schema}.${name}`;
  const sorted: Each[] = [];
  const left = new Set(tables);
  while (left.size > 0) {
    const names = new Set([...left].map(plain));
    const free = [...left].filter((table) => {
      const needs = rows.filter(({ from }) => from === plain(table)).map(({ to }) => to);
      return !needs.some((name) => names.has(name));
    });
    if (free.length === 0) throw new Error(`Tables reference each other: ${[...names].join(', ')}`);
    for (const table of free) left.delete(table);
    sorted.push(...free);
  }
  return sorted;
}
