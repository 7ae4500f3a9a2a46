/** Requests for a code by mail, in SQL. */
import type { Tx } from '#mixins/database/database.ts';
import type { Cause } from '#schemas/envelope.ts';

/** A request that waits for its mail. */
export interface RecoveryRequest {
  readonly id: string;
  readonly userId: string | null;
  readonly address: string | null;
  readonly correlationId: string;
  readonly traceparent: string | null;
}

/**
 * Stores a request, unless its network had `most` in the last minute. One statement does the same
 * work whether an account has the login or not.
 */
export async function insertRequest(
  tx: Tx,
  request: {
    readonly id: string;
    readonly login: string;
    readonly network: string | null;
    readonly cause: Cause;
  },
  most: number,
): Promise<void> {
  const { id, login, network, cause } = request;
  await tx.run(
    `INSERT INTO recovery_request (id, user_id, network, address, correlation_id, traceparent)
     SELECT $1, (SELECT id FROM user_account WHERE login = $2 AND active), $3, $4, $5, $6
     WHERE (SELECT count(*) FROM (SELECT FROM recovery_request
       WHERE network = $3 AND requested_at > now() - interval '1 minute' LIMIT $7) AS recent) < $7`,
    [id, login, network, cause.actorAddress, cause.correlationId, cause.traceparent, most],
  );
}

/** The requests that have waited longest. */
export async function waitingRequests(tx: Tx, limit: number): Promise<RecoveryRequest[]> {
  return tx.rows<RecoveryRequest>(
    `SELECT id, user_id AS "userId", address, correlation_id AS "correlationId", traceparent
     FROM recovery_request WHERE handled_at IS NULL ORDER BY requested_at LIMIT $1`,
    [limit],
  );
}

/** Locks a waiting request. Returns false if another node handles it now, or has handled it. */
export async function lockRequest(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.rows(
    'SELECT FROM recovery_request WHERE id = $1 AND handled_at IS NULL FOR UPDATE SKIP LOCKED',
    [id],
  );
  return rows.length > 0;
}

/** How many mails a locked account got within the last hour, at most `most`. */
export async function mailsWithinHour(tx: Tx, userId: string, most: number): Promise<number> {
  const rows = await tx.rows(
    `SELECT FROM recovery_request WHERE user_id = $1 AND mailed AND handled_at > now() - interval '1 hour' LIMIT $2`,
    [userId, most],
  );
  return rows.length;
}

/** The locked request is handled, with or without a mail. */
export async function endRequest(tx: Tx, id: string, mailed: boolean): Promise<void> {
  await tx.run('UPDATE recovery_request SET handled_at = now(), mailed = $2 WHERE id = $1', [id, mailed]);
}

/**
 * Deletes at most `limit` requests of more than two hours ago. The limits count an hour. A request
 * that waits as long gets no mail, because its owner has given up. Returns their number.
 */
export async function deleteOldRequests(tx: Tx, limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM recovery_request WHERE id IN (
       SELECT id FROM recovery_request WHERE requested_at < now() - interval '2 hours' AND coalesce(handled_at, requested_at) < now() - interval '2 hours'
       ORDER BY requested_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    [limit],
  );
}
