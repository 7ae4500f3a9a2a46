/** Sessions and refresh tokens in SQL. Lock order: account, session, token. */
import type { Tx } from '../../mixins/database/database.ts';
import { REFRESH_TOKEN_MS, type RefreshToken, type RevocationReason, type Session } from './session.ts';

const EXPIRY = `now() + $3::double precision * interval '1 millisecond'`;

/** Opens a session; it has no token yet. */
export async function insertSession(tx: Tx, session: Session): Promise<void> {
  await tx.run(`INSERT INTO session (id, user_id, expires_at) VALUES ($1, $2, ${EXPIRY})`, [
    session.id,
    session.userId,
    REFRESH_TOKEN_MS,
  ]);
}

/** Adds the session's newest token and moves the session's end on with it. */
export async function insertRefreshToken(tx: Tx, sessionId: string, hash: Buffer): Promise<void> {
  await tx.run(
    `WITH token AS (
       INSERT INTO refresh_token (session_id, hash, expires_at) VALUES ($1, $2, ${EXPIRY}) RETURNING expires_at
     )
     UPDATE session SET expires_at = token.expires_at FROM token WHERE session.id = $1`,
    [sessionId, hash, REFRESH_TOKEN_MS],
  );
}

/** Whose token this is; locks nothing, so that the locks can be taken in their order. */
export async function findSessionOfToken(tx: Tx, hash: Buffer): Promise<Session | undefined> {
  const [session] = await tx.rows<Session>(
    `SELECT s.id, s.user_id AS "userId", s.revoked_at IS NOT NULL AS revoked
     FROM refresh_token t JOIN session s ON s.id = t.session_id
     WHERE t.hash = $1`,
    [hash],
  );
  return session;
}

/** Locks a session for a change, after its account. */
export async function lockSession(tx: Tx, id: string): Promise<Session | undefined> {
  const [session] = await tx.rows<Session>(
    `SELECT id, user_id AS "userId", revoked_at IS NOT NULL AS revoked FROM session WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return session;
}

/** A statement of its own after `lockSession`: it must see what that one waited for. */
export async function findRefreshToken(tx: Tx, hash: Buffer): Promise<RefreshToken | undefined> {
  const [token] = await tx.rows<RefreshToken>(
    `SELECT used_at IS NOT NULL AS used, expires_at <= now() AS expired FROM refresh_token WHERE hash = $1`,
    [hash],
  );
  return token;
}

/** From now on, presenting the token ends its session. */
export async function markTokenUsed(tx: Tx, hash: Buffer): Promise<void> {
  await tx.run('UPDATE refresh_token SET used_at = now() WHERE hash = $1', [hash]);
}

/** Ends a locked session. */
export async function revokeSession(tx: Tx, id: string, reason: RevocationReason): Promise<void> {
  await tx.run('UPDATE session SET revoked_at = now(), revoked_reason = $2 WHERE id = $1', [id, reason]);
}

/** Ends all sessions of a locked account and returns those that had not ended before. */
export async function revokeSessionsOf(tx: Tx, userId: string, reason: RevocationReason): Promise<Session[]> {
  return tx.rows<Session>(
    `UPDATE session SET revoked_at = now(), revoked_reason = $2
     WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()
     RETURNING id, user_id AS "userId", true AS revoked`,
    [userId, reason],
  );
}

/** Deletes at most `limit` sessions (their tokens with them) and as many tokens that have expired; returns how many rows. */
export async function deleteExpired(tx: Tx, limit: number): Promise<number> {
  const sessions = await tx.run(
    `DELETE FROM session WHERE id IN
       (SELECT id FROM session WHERE expires_at < now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    [limit],
  );
  const tokens = await tx.run(
    `DELETE FROM refresh_token WHERE hash IN
       (SELECT hash FROM refresh_token WHERE expires_at < now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    [limit],
  );
  return sessions + tokens;
}
