/** Refused sign-ins in SQL. */
import type { Tx } from '../../mixins/database/database.ts';
import { REFUSAL_WINDOW_MS, type Refusals } from './sign-in-limits.ts';

/** What a sign-in is counted under. */
export interface Attempt {
  /** SHA-256 of the login tried, which may be of any form and length. */
  readonly loginHash: Buffer;
  /** The address, of an IPv6 one its network. Null where the caller has none, which only a node of ours can be. */
  readonly address: string | null;
}

/** Attempts of one account, and those of one address, are judged one after the other; account before address. */
export async function lockAttempt(tx: Tx, { loginHash, address }: Attempt): Promise<void> {
  const lock = `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`;
  await tx.rows(lock, [`auth:sign-in:${loginHash.toString('hex')}`]);
  if (address !== null) await tx.rows(lock, [`auth:sign-in-from:${address}`]);
}

async function countBy(tx: Tx, column: string, value: unknown, limit: number): Promise<Refusals> {
  const [row] = await tx.rows<Refusals>(
    `SELECT count(*)::integer AS count,
            (extract(epoch FROM clock_timestamp() - min(refused_at)) * 1000)::double precision AS "oldestAgeMs"
     FROM (SELECT refused_at FROM sign_in_refusal
           WHERE ${column} = $1 AND refused_at > clock_timestamp() - $2::double precision * interval '1 millisecond'
           ORDER BY refused_at DESC LIMIT $3) AS newest`,
    [value, REFUSAL_WINDOW_MS, limit],
  );
  return row ?? { count: 0, oldestAgeMs: null };
}

/** The newest refusals of the window, at most `limit`. */
export const refusalsOfLogin = (tx: Tx, attempt: Attempt, limit: number): Promise<Refusals> =>
  countBy(tx, 'login_hash', attempt.loginHash, limit);

/** Likewise of the address; none where there is none. */
export const refusalsOfAddress = async (tx: Tx, attempt: Attempt, limit: number): Promise<Refusals> =>
  attempt.address === null ? { count: 0, oldestAgeMs: null } : countBy(tx, 'address', attempt.address, limit);

/** Counts a refusal from now on. */
export async function insertRefusal(tx: Tx, id: string, attempt: Attempt): Promise<void> {
  await tx.run('INSERT INTO sign_in_refusal (id, login_hash, address) VALUES ($1, $2, $3)', [
    id,
    attempt.loginHash,
    attempt.address,
  ]);
}

/** Deletes at most `limit` that no window reaches any more; returns how many. */
export async function deleteOldRefusals(tx: Tx, limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM sign_in_refusal WHERE id IN
       (SELECT id FROM sign_in_refusal
        WHERE refused_at < clock_timestamp() - 2 * $1::double precision * interval '1 millisecond'
        ORDER BY refused_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [REFUSAL_WINDOW_MS, limit],
  );
}
