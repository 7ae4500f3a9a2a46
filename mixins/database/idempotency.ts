/** `Idempotency-Key`: a repeated request gets the first answer again, also after a crash. */
import { Problem } from '#schemas/errors.ts';
import { type Database, prepared, type Tx } from './database.ts';

export interface IdempotentRequest {
  readonly userId: string;
  /** The action's name. */
  readonly route: string;
  /** The header's value, as the client sent it. */
  readonly key: string;
  /** `fingerprintOfParams(params)` */
  readonly fingerprint: string;
}

/** The shortest time for which keys are kept, in hours. The contract says 24. */
const KEPT_HOURS = 25;
/** The most rows that one pass of the purge deletes: that takes some milliseconds of locks. */
export const PURGE_LIMIT = 5_000;

/**
 * Runs `work` at most once for a user, route and key, in the transaction of its change. A roll-back
 * leaves no key behind. A repetition returns the kept result of `work` (as JSON), so a handler
 * derives status and `Location` from that. Throws `idempotency_key_in_use` while the first request
 * is still running, and `idempotency_key_reused` for other params. Without a request (null) it only
 * runs `work`.
 */
export async function withIdempotency<Result>(
  tx: Tx,
  request: IdempotentRequest | null,
  work: () => Promise<Result>,
): Promise<Result> {
  if (request === null) return work();
  const { userId, route, key, fingerprint } = request;
  await lockKey(tx, request);
  // This statement comes after the lock, so it sees the commit of the lock's last holder.
  const kept = await keptAnswer(tx, request);
  if (kept !== undefined) return (kept.result === null ? undefined : JSON.parse(kept.result)) as Result;
  const result = await work();
  await tx.run(INSERT_KEY, [userId, route, key, fingerprint, JSON.stringify(result) ?? null]);
  return result;
}

/**
 * Whether the request was carried out before. For use cases that check something at a cost before
 * their transaction, which a repetition could not pass. Throws `idempotency_key_reused`.
 */
export async function wasAnswered(tx: Tx, request: IdempotentRequest | null): Promise<boolean> {
  return request !== null && (await keptAnswer(tx, request)) !== undefined;
}

async function keptAnswer(
  tx: Tx,
  { userId, route, key, fingerprint }: IdempotentRequest,
): Promise<{ readonly result: string | null } | undefined> {
  const [kept] = await tx.rows<{ fingerprint: string; result: string | null }>(
    'SELECT fingerprint, result FROM idempotency_key WHERE user_id = $1 AND route = $2 AND key = $3',
    [userId, route, key],
  );
  if (kept !== undefined && kept.fingerprint !== fingerprint) throw new Problem('idempotency_key_reused');
  return kept;
}

const INSERT_KEY = prepared(
  'INSERT INTO idempotency_key (user_id, route, key, fingerprint, result) VALUES ($1, $2, $3, $4, $5)',
);
const LOCK_KEY = prepared('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked');

/**
 * The lock holds until the transaction ends, across all nodes. It does not wait, since the first
 * request may take as long as a request may.
 */
async function lockKey(tx: Tx, { userId, route, key }: IdempotentRequest): Promise<void> {
  const [row] = await tx.rows<{ locked: boolean }>(LOCK_KEY, [
    JSON.stringify(['idempotency_key', userId, route, key]),
  ]);
  if (!row?.locked) throw new Problem('idempotency_key_in_use');
}

/** One bounded pass: deletes old keys. Returns how many, at most `PURGE_LIMIT`. */
export function purgeIdempotencyKeys(database: Database): Promise<number> {
  return database.inTransaction((tx) =>
    tx.run(
      `DELETE FROM idempotency_key WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM idempotency_key WHERE created_at < now() - make_interval(hours => $1) LIMIT $2
         FOR UPDATE SKIP LOCKED))`,
      [KEPT_HOURS, PURGE_LIMIT],
    ),
  );
}
