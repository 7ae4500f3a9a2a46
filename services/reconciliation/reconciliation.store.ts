/** SQL of the table `reconciliation`: a queue of one, a lease, and the newest results. */
import type { Reader, Tx } from '#mixins/database/database.ts';
import type { Result } from './findings.ts';

/**
 * The lease of a node, in milliseconds. A living node renews it in time. After a kill, others wait
 * this long.
 */
export const LEASE_MS = 15_000;
/** A reconciliation fails when this many nodes have ended while they ran it. */
const MAX_ATTEMPTS = 3;
/** How many reconciliations are kept. */
const KEPT = 100;
/** How long a result waits for a client that was told to ask again, in milliseconds. */
const COLLECTED_WITHIN_MS = 60_000;

export type ReconciliationState = 'waiting' | 'running' | 'done' | 'failed';

export interface Reconciliation {
  readonly number: number;
  readonly state: ReconciliationState;
  readonly beganAt: Date | null;
  readonly endedAt: Date | null;
  /** Null unless it is done. */
  readonly result: Result | null;
  /** Null unless it failed. */
  readonly reason: string | null;
}

const COLUMNS = 'number, state, began_at AS "beganAt", ended_at AS "endedAt", result, reason';

/** Locks the queue until the transaction ends. Returns false if another transaction holds it. */
export async function tryLockReconciliations(tx: Tx): Promise<boolean> {
  const [answer] = await tx.rows<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('reconciliation', 0)) AS locked`,
  );
  return answer?.locked === true;
}

/**
 * Requests a reconciliation, unless one waits already. Returns the number of the one that waits.
 */
export async function requestReconciliation(tx: Tx): Promise<number> {
  // ON CONFLICT would not return the number of the one that waits.
  await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('reconciliation', 0))`);
  const [known] = await tx.rows<{ number: number }>(
    `SELECT number FROM reconciliation WHERE state = 'waiting'`,
  );
  if (known !== undefined) return known.number;
  const [made] = await tx.rows<{ number: number }>(
    'INSERT INTO reconciliation DEFAULT VALUES RETURNING number',
  );
  if (made === undefined) throw new Error('The INSERT of a reconciliation returned no number');
  return made.number;
}

/** The reconciliation whose result a client was told to ask for again, and has not collected. */
export async function findAwaited(reader: Reader): Promise<number | undefined> {
  const [row] = await reader.rows<{ number: number }>(
    `SELECT number FROM reconciliation
     WHERE awaited AND (
       state IN ('waiting', 'running') OR state = 'done' AND ended_at > clock_timestamp() - $1 * interval '1 millisecond'
     )
     ORDER BY number DESC LIMIT 1`,
    [COLLECTED_WITHIN_MS],
  );
  return row?.number;
}

export async function markAwaited(tx: Tx, number: number): Promise<void> {
  await tx.run('UPDATE reconciliation SET awaited = true WHERE number = $1', [number]);
}

export async function findReconciliation(
  reader: Reader,
  number: number,
): Promise<Reconciliation | undefined> {
  const [row] = await reader.rows<Reconciliation>(`SELECT ${COLUMNS} FROM reconciliation WHERE number = $1`, [
    number,
  ]);
  return row;
}

/** Reads a reconciliation. One that has ended is no longer awaited. */
export async function collectReconciliation(tx: Tx, number: number): Promise<Reconciliation | undefined> {
  const found = await findReconciliation(tx, number);
  if (found?.endedAt != null)
    await tx.run('UPDATE reconciliation SET awaited = false WHERE number = $1 AND awaited', [number]);
  return found;
}

/** The newest one, and the result of the newest that was done. */
export interface Latest {
  readonly status: ReconciliationState;
  readonly result: Result | null;
  readonly beganAt: Date | null;
  readonly tookMs: number | null;
}

export async function findLatest(reader: Reader): Promise<Latest | undefined> {
  const [latest] = await reader.rows<Latest>(
    `SELECT newest.state AS status, result, began_at AS "beganAt",
       (extract(epoch FROM ended_at - began_at) * 1000)::int AS "tookMs"
     FROM (SELECT state FROM reconciliation ORDER BY number DESC LIMIT 1) AS newest
     LEFT JOIN (SELECT * FROM reconciliation WHERE state = 'done' ORDER BY number DESC LIMIT 1) AS done ON true`,
  );
  return latest;
}

/** State of the newest one, for the schedule. */
export interface Newest {
  readonly state: ReconciliationState;
  readonly ended: boolean;
  /** Milliseconds since it ended, or else since its request, by the database's clock. */
  readonly ageMs: number;
  /** How long it took, in milliseconds; null while it has not ended. */
  readonly tookMs: number | null;
}

export async function findNewest(reader: Reader): Promise<Newest | undefined> {
  const [row] = await reader.rows<Newest>(
    `SELECT state, ended_at IS NOT NULL AS ended, (extract(epoch FROM clock_timestamp() - coalesce(ended_at, requested_at)) * 1000)::float8 AS "ageMs",
       (extract(epoch FROM ended_at - began_at) * 1000)::float8 AS "tookMs"
     FROM reconciliation ORDER BY number DESC LIMIT 1`,
  );
  return row;
}

/** What the newest reconciliation with a result found, for the metrics. */
export interface NewestResult {
  /** How many differences of each code it found. */
  readonly counts: Readonly<Record<string, number>>;
  /** Seconds since it began, by the database's clock: it covers everything before that. */
  readonly ageSeconds: number;
}

export async function findNewestResult(reader: Reader): Promise<NewestResult | undefined> {
  const [row] = await reader.rows<NewestResult>(
    `SELECT result->'counts' AS counts, extract(epoch FROM clock_timestamp() - began_at)::float8 AS "ageSeconds"
     FROM reconciliation WHERE state = 'done' ORDER BY number DESC LIMIT 1`,
  );
  return row;
}

/**
 * Leases the reconciliation of a node whose lease is over, else the one that waits. Returns its
 * number; undefined if there is none, or another node runs one. Call it under the lock.
 */
export async function takeUp(tx: Tx, lease: string): Promise<number | undefined> {
  await tx.run(
    `UPDATE reconciliation SET state = 'failed', lease = NULL, leased_until = NULL, ended_at = clock_timestamp(),
       reason = 'Its nodes ended before it did'
     WHERE state = 'running' AND leased_until < clock_timestamp() AND attempts >= $1`,
    [MAX_ATTEMPTS],
  );
  const [taken] = await tx.rows<{ number: number }>(
    `UPDATE reconciliation SET state = 'running', lease = $1::uuid, leased_until = clock_timestamp() + $2 * interval '1 millisecond',
       began_at = clock_timestamp(), attempts = attempts + 1
     WHERE number = (
       SELECT number FROM reconciliation WHERE state IN ('waiting', 'running') ORDER BY number LIMIT 1
     ) AND (state = 'waiting' OR leased_until < clock_timestamp())
     RETURNING number`,
    [lease, LEASE_MS],
  );
  return taken?.number;
}

/** Returns false if this node has lost the lease. */
export async function renewLease(tx: Tx, number: number, lease: string): Promise<boolean> {
  const renewed = await tx.run(
    `UPDATE reconciliation SET leased_until = clock_timestamp() + $3 * interval '1 millisecond'
     WHERE number = $1 AND lease = $2::uuid`,
    [number, lease, LEASE_MS],
  );
  return renewed === 1;
}

/** Lets another node take it up at once. */
export async function giveBack(tx: Tx, number: number, lease: string): Promise<void> {
  await tx.run(
    `UPDATE reconciliation SET leased_until = clock_timestamp(), attempts = attempts - 1 WHERE number = $1 AND lease = $2::uuid`,
    [number, lease],
  );
}

/** Stores the outcome. Returns false, and stores nothing, if this node has lost the lease. */
export async function finish(
  tx: Tx,
  number: number,
  lease: string,
  outcome: { readonly result: Result } | { readonly reason: string },
): Promise<boolean> {
  const result = 'result' in outcome ? JSON.stringify(outcome.result) : null;
  const reason = 'reason' in outcome ? outcome.reason : null;
  const ended = await tx.run(
    `UPDATE reconciliation SET state = CASE WHEN $3::jsonb IS NULL THEN 'failed' ELSE 'done' END, result = $3::jsonb, reason = $4,
       lease = NULL, leased_until = NULL, ended_at = clock_timestamp()
     WHERE number = $1 AND lease = $2::uuid`,
    [number, lease, result, reason],
  );
  await tx.run('DELETE FROM reconciliation WHERE number <= $1', [number - KEPT]);
  return ended === 1;
}
