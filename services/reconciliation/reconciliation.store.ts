/** SQL of the table `reconciliation`: a queue of one, a lease, and the newest results. */
import type { Reader, Tx } from '#mixins/database/database.ts';
import type { Result } from './findings.ts';

/** A node that was killed holds up the others for so long, in milliseconds; one that lives renews its lease in time. */
export const LEASE_MS = 15_000;
/** A reconciliation that ended so many nodes is given up. */
const MAX_ATTEMPTS = 3;
/** Reconciliations that are kept. */
const KEPT = 100;
/** For how long a result is given to who was told to come again for it, in milliseconds. */
const COLLECTED_WITHIN_MS = 60_000;

export type ReconciliationState = 'waiting' | 'running' | 'done' | 'failed';

export interface Reconciliation {
  readonly number: number;
  readonly state: ReconciliationState;
  readonly beganAt: Date | null;
  readonly endedAt: Date | null;
  /** Of one that is done. */
  readonly result: Result | null;
  /** Of one that failed. */
  readonly reason: string | null;
}

const COLUMNS = 'number, state, began_at AS "beganAt", ended_at AS "endedAt", result, reason';

/** Whether this transaction alone changes who runs what, until it ends. */
export async function tryLockReconciliations(tx: Tx): Promise<boolean> {
  const [answer] = await tx.rows<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('reconciliation', 0)) AS locked`,
  );
  return answer?.locked === true;
}

/** Asks for a reconciliation that begins from now on, unless one waits already; returns its number. */
export async function requestReconciliation(tx: Tx): Promise<number> {
  // Not ON CONFLICT: it would not tell which one waits. One that was just taken up began after this request.
  await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('reconciliation', 0))`);
  const [known] = await tx.rows<{ number: number }>(
    `SELECT number FROM reconciliation WHERE state = 'waiting'`,
  );
  if (known !== undefined) return known.number;
  const [made] = await tx.rows<{ number: number }>(
    'INSERT INTO reconciliation DEFAULT VALUES RETURNING number',
  );
  if (made === undefined) throw new Error('No reconciliation was asked for');
  return made.number;
}

/** The number of one whose result somebody was told to come again for, and has not collected: under way, or done since. */
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

/** As `findReconciliation`; one that has ended is not awaited any more. */
export async function collectReconciliation(tx: Tx, number: number): Promise<Reconciliation | undefined> {
  const found = await findReconciliation(tx, number);
  if (found?.endedAt != null)
    await tx.run('UPDATE reconciliation SET awaited = false WHERE number = $1 AND awaited', [number]);
  return found;
}

/** How the newest one stands, for the schedule. */
export interface Newest {
  readonly state: ReconciliationState;
  readonly ended: boolean;
  /** Since it ended, or since it was asked for; milliseconds by the database's clock. */
  readonly ageMs: number;
  /** How long it took; null while it has not ended. */
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

/** Under the lock: takes up what was left by a node that is no more, else what waits, unless somebody is at work. Undefined: nothing. */
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

/** Returns whether it is still this node's. */
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

/** Writes down what came of it; false where another node has taken it up meanwhile: then that one does. */
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
