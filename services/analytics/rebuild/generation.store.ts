/** SQL of the table `generation`, and the lock between those who write projections and who changes which generations there are. */
import type { Tx } from '#mixins/database/database.ts';
import { type Generation, slotOf, type Targets } from './generation.ts';

/**
 * Key of the advisory lock in this database: shared by every batch that writes, exclusive to who starts a rebuild or flips. Advisory, as
 * row locks starve who wants the exclusive one (measured for the business day).
 */
const GENERATION_LOCK = "hashtextextended('analytics.generation', 0)";

/** Every projection; each has the partitions `<name>_0` and `<name>_1`. */
const PROJECTIONS = [
  'user_copy',
  'task_copy',
  'price',
  'account',
  'operation',
  'account_day',
  'day',
  'closed_day',
];

const COLUMNS = `number, slot, state, targets, reason, started_at AS "startedAt", live_at AS "liveAt", ended_at AS "endedAt"`;

/** From now to the end of the transaction no generation begins or becomes live. Read which there are in a later statement. */
export async function shareGenerations(tx: Tx): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock_shared(${GENERATION_LOCK})`);
}

/** Waits until no batch is being written; new ones wait until this transaction ends. */
export async function holdGenerations(tx: Tx): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock(${GENERATION_LOCK})`);
}

/** The live generation, then the one that is being built, if any. */
export function currentGenerations(tx: Tx): Promise<Generation[]> {
  return tx.rows<Generation>(
    `SELECT ${COLUMNS} FROM generation WHERE state IN ('live', 'building') ORDER BY state = 'building'`,
  );
}

/** The newest generation that was built or is being built; undefined when nobody ever asked for one. */
export async function newestRebuild(tx: Tx): Promise<Generation | undefined> {
  const [row] = await tx.rows<Generation>(
    `SELECT ${COLUMNS} FROM generation WHERE number > 1 ORDER BY number DESC LIMIT 1`,
  );
  return row;
}

/** Under `holdGenerations`, with `emptySlot` before it. Numbers are never used again: durables are named after them. */
export async function insertBuilding(tx: Tx, number: number): Promise<Generation> {
  const [row] = await tx.rows<Generation>(
    `INSERT INTO generation (number, slot, state) VALUES ($1, $2, 'building') RETURNING ${COLUMNS}`,
    [number, slotOf(number)],
  );
  if (row === undefined) throw new Error('No generation was made');
  return row;
}

/** The number of the next generation, whose slot is not that of the live one. */
export async function nextNumber(tx: Tx): Promise<number> {
  const [row] = await tx.rows<{ next: number }>(
    `SELECT (above + CASE WHEN above % 2 = (SELECT slot FROM generation WHERE state = 'live') THEN 1 ELSE 0 END)::integer AS next
     FROM (SELECT max(number) + 1 AS above FROM generation) AS newest`,
  );
  if (row === undefined) throw new Error('There is no generation at all');
  return row.next;
}

export async function setTargets(tx: Tx, number: number, targets: Targets): Promise<void> {
  await tx.run(`UPDATE generation SET targets = $2::jsonb WHERE number = $1 AND state = 'building'`, [
    number,
    JSON.stringify(targets),
  ]);
}

/** Under `holdGenerations`: from the commit on the other one is read. */
export async function flipTo(tx: Tx, number: number): Promise<void> {
  await tx.run(`UPDATE generation SET state = 'retired', ended_at = clock_timestamp() WHERE state = 'live'`);
  await tx.run(
    `UPDATE generation SET state = 'live', live_at = clock_timestamp() WHERE number = $1 AND state = 'building'`,
    [number],
  );
}

/** Under `holdGenerations`. Returns whether it was being built. */
export async function endBuilding(
  tx: Tx,
  number: number,
  state: 'refused' | 'cancelled',
  reason: string,
): Promise<boolean> {
  const changed = await tx.run(
    `UPDATE generation SET state = $2, reason = $3, ended_at = clock_timestamp() WHERE number = $1 AND state = 'building'`,
    [number, state, reason],
  );
  return changed > 0;
}

/** Generations that ended and were not cleaned away yet. */
export async function uncleanedGenerations(tx: Tx): Promise<Generation[]> {
  return await tx.rows<Generation>(
    `SELECT ${COLUMNS} FROM generation WHERE NOT cleaned AND state NOT IN ('live', 'building') ORDER BY number`,
  );
}

export async function noteCleaned(tx: Tx, numbers: readonly number[]): Promise<void> {
  await tx.run('UPDATE generation SET cleaned = true WHERE number = ANY ($1::integer[])', [numbers]);
}

/** Removes all rows of a slot that is neither live nor being built. Waits for readers, who wait for it in turn: only briefly. */
export async function emptySlot(tx: Tx, slot: number): Promise<void> {
  const [used] = await tx.rows(
    `SELECT FROM generation WHERE state IN ('live', 'building') AND slot = $1 LIMIT 1`,
    [slot],
  );
  if (used !== undefined) throw new Error(`Slot ${slot} is in use`);
  await tx.run(`SET LOCAL lock_timeout = ${TRUNCATE_WITHIN_MS}`);
  await tx.run(`TRUNCATE ${PROJECTIONS.map((name) => `${name}_${slot}`).join(', ')}`);
}

/** How long readers may have to wait behind a removal that waits for other readers, in milliseconds. */
const TRUNCATE_WITHIN_MS = 500;
