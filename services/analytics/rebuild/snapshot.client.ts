/**
 * Takes snapshots of the figures, and copies them into a generation. A copy may take minutes, so it
 * has a connection of its own without time limits. Each copy is one transaction, which leaves
 * nothing behind if it is cut off.
 */
import { type Client, withClient } from '#mixins/database/client.ts';
import type { Database } from '#mixins/database/database.ts';
import { emptySlot, lockGenerations, PROJECTIONS } from './generation.store.ts';
import { type Positions, readSnapshot } from './snapshot.store.ts';

/** One copy at a time, of all nodes. */
const COPY_LOCK = "hashtextextended('analytics.snapshot', 0)";
const SLOTS = [2, 3] as const;
const LIVE_SLOT = "(SELECT slot FROM generation WHERE state = 'live')";

/**
 * Copies the live figures into the unused slot, which becomes the snapshot. They have everything up
 * to `positions`, and maybe more. That does no harm, because an event that comes again has no
 * effect. Returns false if another node copies now.
 */
export async function takeSnapshot(database: Database, positions: Positions): Promise<boolean> {
  const slots = { before: null as number | null, now: 0 };
  const isTaken = await copying(database, async ({ run, rows }) => {
    const [row] = await rows<{ used: number | null; isRequested: boolean }>(
      `SELECT (SELECT slot FROM snapshot) AS used, EXISTS (SELECT FROM snapshot_request) AS "isRequested"`,
    );
    // Another node has just taken it.
    if (row?.isRequested !== true) return;
    const [first, second] = SLOTS;
    Object.assign(slots, { before: row.used, now: row.used === first ? second : first });
    await database.inTransaction((tx) => emptySlot(tx, slots.now));
    await copySlot({ run, rows }, LIVE_SLOT, slots.now);
    await run('DELETE FROM snapshot');
    const values = [slots.now, JSON.stringify(positions)];
    await run('INSERT INTO snapshot (slot, positions) VALUES ($1, $2::jsonb)', values);
    await run('DELETE FROM snapshot_request');
  });
  const { before } = slots;
  if (before !== null) await database.inTransaction((tx) => emptySlot(tx, before));
  return isTaken;
}

/**
 * Copies the snapshot into a generation, which the live consumers write to from the commit on.
 * Returns false if another node copies now.
 */
export async function copySnapshot(database: Database, number: number): Promise<boolean> {
  const snapshot = await database.inTransaction(readSnapshot);
  if (snapshot === null)
    throw new Error(`Generation ${number} is to be a copy of a snapshot, and there is none`);
  return await copying(database, async ({ run, rows }) => {
    const isWaiting = `number = ${number} AND state = 'building' AND copying`;
    if ((await rows(`SELECT FROM generation WHERE ${isWaiting}`)).length === 0) return;
    await copySlot({ run, rows }, String(snapshot.slot), number % 2);
    await lockGenerations({ rows });
    await run(`UPDATE generation SET copying = false WHERE ${isWaiting}`);
  });
}

async function copying(database: Database, work: (client: Client) => Promise<void>): Promise<boolean> {
  return await withClient(database.primary, async (client) => {
    await client.run('BEGIN ISOLATION LEVEL READ COMMITTED');
    await client.run('SET LOCAL statement_timeout = 0');
    const [lock] = await client.rows<{ taken: boolean }>(
      `SELECT pg_try_advisory_xact_lock(${COPY_LOCK}) AS taken`,
    );
    if (lock?.taken !== true) return false;
    await work(client);
    await client.run('COMMIT');
    return true;
  });
}

/**
 * One statement, because the rows of all projections must be of one moment. It locks them before
 * that moment, so none is emptied meanwhile. `from` is an expression.
 */
async function copySlot({ run, rows }: Client, from: string, to: number): Promise<void> {
  const columns = await rows<{ name: string; columns: string }>(
    `SELECT relname AS name, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
     FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
     WHERE relnamespace = 'public'::regnamespace AND relname = ANY ($1::text[]) AND attnum > 0 AND NOT attisdropped
       AND attname <> 'slot' AND attgenerated = ''
     GROUP BY relname`,
    [PROJECTIONS],
  );
  const copies = columns.map(
    ({ name, columns }) =>
      `copied_${name} AS (INSERT INTO ${name} (slot, ${columns}) SELECT ${to}, ${columns} FROM ${name} WHERE slot = ${from})`,
  );
  await run(`WITH ${copies.join(', ')} SELECT`);
}
