/**
 * SQL of the table `generation`, and the lock between writers of projections and changes of
 * generations.
 */
import { prepared, type Tx } from '#mixins/database/database.ts';
import type { Generation, Targets } from './rebuild.ts';

/**
 * Key of the advisory lock in this database. Every batch that writes takes it shared; a start or a
 * flip of a generation takes it exclusive. A row lock would let shared holders starve the exclusive
 * one (measured for the business day).
 */
const GENERATION_LOCK = "hashtextextended('analytics.generation', 0)";

/**
 * Every projection. Each has the partitions `<name>_0` and `<name>_1`, and two for snapshots (slots
 * 2 and 3).
 */
export const PROJECTIONS = [
  'user_copy',
  'task_copy',
  'price',
  'account',
  'operation',
  'account_day',
  'day',
  'closed_day',
];

const COLUMNS = `number, slot, state, copying, targets, reason, started_at AS "startedAt", live_at AS "liveAt", ended_at AS "endedAt"`;

/**
 * Locks shared: until the transaction ends, no generation starts or becomes live. Read the
 * generations in a later statement.
 */
export async function lockGenerationsShared(tx: Tx): Promise<void> {
  await tx.rows(prepared(`SELECT pg_advisory_xact_lock_shared(${GENERATION_LOCK})`));
}

/** Locks exclusive: waits for running batches, and new batches wait until this transaction ends. */
export async function lockGenerations(tx: Pick<Tx, 'rows'>): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock(${GENERATION_LOCK})`);
}

export interface CurrentGenerations {
  readonly live: Generation;
  /** Undefined if none is being built. */
  readonly building: Generation | undefined;
}

export async function currentGenerations(tx: Tx): Promise<CurrentGenerations> {
  const [live, building] = await tx.rows<Generation>(
    prepared(
      `SELECT ${COLUMNS} FROM generation WHERE state IN ('live', 'building') ORDER BY state = 'building'`,
    ),
  );
  if (live?.state !== 'live') throw new Error('No generation is live');
  return { live, building };
}

/** The newest generation that was requested; undefined if there was none. */
export async function newestRebuild(tx: Tx): Promise<Generation | undefined> {
  const [row] = await tx.rows<Generation>(
    `SELECT ${COLUMNS} FROM generation WHERE number > 1 ORDER BY number DESC LIMIT 1`,
  );
  return row;
}

/**
 * Call it under `lockGenerations`, after `emptySlot`. `copying`: nothing is written to it until the
 * snapshot was copied. Numbers are never reused, because durables
 * are named after them.
 */
export async function insertBuilding(tx: Tx, number: number, copying: boolean): Promise<void> {
  await tx.run(
    `INSERT INTO generation (number, slot, state, copying) VALUES ($1::integer, $1::integer % 2, 'building', $2)`,
    [number, copying],
  );
}

/** The number of the next generation. Its slot differs from the live one's. */
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

/** Call it under `lockGenerations`. From the commit on, readers see this generation. */
export async function flipTo(tx: Tx, number: number): Promise<void> {
  await tx.run(`UPDATE generation SET state = 'retired', ended_at = clock_timestamp() WHERE state = 'live'`);
  await tx.run(
    `UPDATE generation SET state = 'live', live_at = clock_timestamp() WHERE number = $1 AND state = 'building'`,
    [number],
  );
}

/** Call it under `lockGenerations`. It changes only a generation that is being built. */
export async function endBuilding(
  tx: Tx,
  number: number,
  state: 'refused' | 'cancelled',
  reason: string,
): Promise<void> {
  await tx.run(
    `UPDATE generation SET state = $2, reason = $3, ended_at = clock_timestamp() WHERE number = $1 AND state = 'building'`,
    [number, state, reason],
  );
}

/** Ended generations whose rows and durables still exist. */
export async function uncleanedGenerations(tx: Tx): Promise<Generation[]> {
  return await tx.rows<Generation>(
    `SELECT ${COLUMNS} FROM generation WHERE NOT cleaned AND state NOT IN ('live', 'building') ORDER BY number`,
  );
}

export async function noteCleaned(tx: Tx, numbers: readonly number[]): Promise<void> {
  await tx.run('UPDATE generation SET cleaned = true WHERE number = ANY ($1::integer[])', [numbers]);
}

/**
 * Removes all rows of an unused slot. It waits for readers, and new readers wait for it, so the
 * wait is short.
 */
export async function emptySlot(tx: Tx, slot: number): Promise<void> {
  const [used] = await tx.rows(
    `SELECT FROM generation WHERE state IN ('live', 'building') AND slot = $1
     UNION ALL SELECT FROM snapshot WHERE slot = $1 LIMIT 1`,
    [slot],
  );
  if (used !== undefined) throw new Error(`Slot ${slot} is in use`);
  await tx.run(`SET LOCAL lock_timeout = ${TRUNCATE_WITHIN_MS}`);
  await tx.run(`TRUNCATE ${PROJECTIONS.map((name) => `${name}_${slot}`).join(', ')}`);
}

/** How long readers may have to wait behind such a removal, in milliseconds. */
const TRUNCATE_WITHIN_MS = 500;
