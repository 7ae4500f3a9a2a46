/** Refused sign-ins in SQL. */
import type { Tx } from '#mixins/database/database.ts';
import type { Attempt } from './attempt.ts';
import { type Budget, HOUR_MS, hourOf, MINUTE_MS, minuteOf, type Usage } from './sign-in-limits.ts';
import { usageOf } from './usage.store.ts';

/**
 * Locks the account, then the network, until the transaction ends. Waits for attempts that other
 * nodes are judging.
 */
export async function lockAttempt(tx: Tx, { loginHash, network }: Attempt): Promise<void> {
  await tx.rows(
    `SELECT pg_advisory_xact_lock(hashtextextended($1, 0)),
       CASE WHEN $2::text IS NOT NULL THEN pg_advisory_xact_lock(hashtextextended($2, 0)) END`,
    [`auth:sign-in:${loginHash.toString('hex')}`, network === null ? null : `auth:sign-in-from:${network}`],
  );
}

/**
 * Wrong guesses at a login within a minute and an hour. Guesses from a network where the account
 * has signed in (`own`) are counted separately from those of all other networks together.
 */
export async function guessesAt(
  tx: Tx,
  { loginHash, network }: Attempt,
  own: boolean,
  limit: number,
): Promise<{ readonly minute: Usage; readonly hour: Usage }> {
  const rows = 'sign_in_refusal WHERE login_hash = $3 AND own_network = $4 AND (address = $5 OR NOT $4)';
  const [minute, hour] = await usageOf(tx, { rows, at: 'refused_at', bind: [loginHash, own, network] }, [
    minuteOf(limit),
    hourOf(limit),
  ]);
  return { minute, hour };
}

/** Refusals of a network within a minute. */
export async function refusalsOfNetwork(tx: Tx, network: string, budget: Budget): Promise<Usage> {
  const rows = 'sign_in_refusal WHERE address = $3';
  const [usage] = await usageOf(tx, { rows, at: 'refused_at', bind: [network] }, [budget]);
  return usage;
}

/** Counts a refusal from now on; `own` is as in `guessesAt`. */
export async function insertRefusal(tx: Tx, id: string, attempt: Attempt, own: boolean): Promise<void> {
  await tx.run('INSERT INTO sign_in_refusal (id, login_hash, address, own_network) VALUES ($1, $2, $3, $4)', [
    id,
    attempt.loginHash,
    attempt.network,
    own,
  ]);
}

/** Deletes at most `limit` rows that no window needs any more. Returns their number. */
export async function deleteOldRefusals(tx: Tx, limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM sign_in_refusal WHERE id IN
       (SELECT id FROM sign_in_refusal
        WHERE refused_at < clock_timestamp() - $1::double precision * interval '1 millisecond'
        ORDER BY refused_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [HOUR_MS + MINUTE_MS, limit],
  );
}
