/** The old rows of a service's tables: how many there are, their archive, and their removal. */
import type pg from 'pg';
import { quoted } from '#mixins/database/client.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import type { RetainedRows } from '#mixins/retention/retained.ts';

/** Rows that one transaction removes: some tens of milliseconds. */
const ROWS_A_BATCH = 1_000;

/** What the statements read as `given`. */
export interface Given {
  readonly before: Date;
  /** By stream, as NATS calls it, the first sequence that it holds. */
  readonly firsts: Readonly<Record<string, number>>;
}

/** A row in the archive. */
export interface ArchivedRow {
  readonly key: string;
  readonly row: Readonly<Record<string, unknown>>;
}

const GIVEN = 'WITH given AS (SELECT $1::timestamptz AS before, $2::jsonb AS firsts, $3::text[] AS keys)';
const bindOf = ({ before, firsts }: Given, keys: readonly string[] = []) => [
  before.toISOString(),
  JSON.stringify(firsts),
  keys,
];

export async function countDue(client: pg.Client, { due }: RetainedRows, given: Given): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `${GIVEN} SELECT count(*)::int AS count FROM (${due}) AS due`,
    bindOf(given),
  );
  return rows[0]?.count ?? 0;
}

/** All rows that are due at one moment. The client is used for nothing else meanwhile. */
export async function* rowsDue(
  client: pg.Client,
  { due }: RetainedRows,
  given: Given,
): AsyncGenerator<ArchivedRow> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await client.query(`DECLARE due NO SCROLL CURSOR FOR ${GIVEN} ${due}`, bindOf(given));
    for (;;) {
      const { rows } = await client.query<ArchivedRow>(`FETCH ${ROWS_A_BATCH} FROM due`);
      if (rows.length === 0) return;
      yield* rows;
    }
  } finally {
    await client.query('ROLLBACK');
  }
}

/**
 * Removes the rows of these keys that are still due, in batches. Returns their number. May be
 * repeated.
 */
export async function removeRows(
  database: Database,
  { remove, lock, appendOnly }: RetainedRows,
  given: Given,
  archived: AsyncIterable<ArchivedRow>,
): Promise<number> {
  let removed = 0;
  let keys: string[] = [];
  const flush = async () => {
    const bind = bindOf(given, keys);
    removed += await database.inTransaction(async (tx) => {
      if (lock !== undefined) await tx.run(`LOCK TABLE ${quoted(lock)} IN SHARE ROW EXCLUSIVE MODE`);
      await switchTrigger(tx, 'DISABLE', appendOnly);
      const count = await tx.run(`${GIVEN} ${remove}`, bind);
      await switchTrigger(tx, 'ENABLE', appendOnly);
      return count;
    });
    keys = [];
  };
  for await (const { key } of archived) {
    keys.push(key);
    if (keys.length >= ROWS_A_BATCH) await flush();
  }
  if (keys.length > 0) await flush();
  return removed;
}

/** No other transaction writes to the table until this one ends. */
async function switchTrigger(
  tx: Tx,
  what: 'DISABLE' | 'ENABLE',
  appendOnly: RetainedRows['appendOnly'],
): Promise<void> {
  if (appendOnly === undefined) return;
  const { table, trigger } = appendOnly;
  await tx.run(`ALTER TABLE ${quoted(table)} ${what} TRIGGER ${quoted(trigger)}`);
}
