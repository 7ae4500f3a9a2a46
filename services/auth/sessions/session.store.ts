/** Sessions and refresh tokens in SQL. Lock order: account, session, token. */
import type { Reader, Tx } from '#mixins/database/database.ts';
import {
  type Device,
  REFRESH_TOKEN_MS,
  REPEAT_MS,
  type RefreshToken,
  type RevocationReason,
  type Session,
} from './session.ts';
import type { Budget, Usage } from './sign-in-limits.ts';
import { usageOf } from './usage.store.ts';

const EXPIRY = `now() + $3::double precision * interval '1 millisecond'`;

/**
 * Opens a session, still without a token. `network` is as in `Attempt`. It counts as a sign-in from
 * now on.
 */
export async function insertSession(tx: Tx, session: Session, network: string | null): Promise<void> {
  await tx.run(
    `INSERT INTO session (id, user_id, expires_at, opened_at, network) VALUES ($1, $2, ${EXPIRY}, clock_timestamp(), $4)`,
    [session.id, session.userId, REFRESH_TOKEN_MS, network],
  );
}

/**
 * Whether the account with this login signed in from the network within the last `withinMs`
 * milliseconds.
 */
export async function signedInFrom(
  tx: Tx,
  login: string,
  network: string,
  withinMs: number,
): Promise<boolean> {
  const rows = await tx.rows(
    `SELECT 1 FROM session s JOIN user_account u ON u.id = s.user_id
     WHERE u.login = $1 AND s.network = $2 AND s.opened_at > now() - $3::double precision * interval '1 millisecond'
     LIMIT 1`,
    [login, network, withinMs],
  );
  return rows.length > 0;
}

/** Sign-ins of the account with this login within the budget's window. */
export async function signInsOfAccount(tx: Tx, login: string, budget: Budget): Promise<Usage> {
  const rows = 'session WHERE user_id = (SELECT id FROM user_account WHERE login = $3)';
  const [usage] = await usageOf(tx, { rows, at: 'opened_at', bind: [login] }, [budget]);
  return usage;
}

/** Sign-ins from a network within the budget's window. */
export async function signInsFrom(tx: Tx, network: string, budget: Budget): Promise<Usage> {
  const rows = 'session WHERE network = $3';
  const [usage] = await usageOf(tx, { rows, at: 'opened_at', bind: [network] }, [budget]);
  return usage;
}

/**
 * Adds a new token to the session and extends the session to the token's end. The session is in use
 * on `device` now.
 */
export async function insertRefreshToken(
  tx: Tx,
  sessionId: string,
  hash: Buffer,
  { address, userAgent }: Device,
): Promise<void> {
  await tx.run(
    `WITH token AS (
       INSERT INTO refresh_token (session_id, hash, expires_at) VALUES ($1, $2, ${EXPIRY}) RETURNING expires_at
     )
     UPDATE session SET expires_at = token.expires_at, used_at = now(), address = $4, user_agent = $5
     FROM token WHERE session.id = $1`,
    [sessionId, hash, REFRESH_TOKEN_MS, address, userAgent],
  );
}

/**
 * Returns the session of a token. It takes no lock, so that callers can lock in the right order.
 */
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

/**
 * A separate statement after `lockSession`: it must see the changes that `lockSession` waited for.
 */
export async function findRefreshToken(tx: Tx, hash: Buffer): Promise<RefreshToken | undefined> {
  const [token] = await tx.rows<RefreshToken>(
    `SELECT used_at IS NOT NULL AS used, expires_at <= now() AS expired,
       coalesce(used_at > clock_timestamp() - $2::double precision * interval '1 millisecond', false) AS "usedJustNow"
     FROM refresh_token WHERE hash = $1`,
    [hash, REPEAT_MS],
  );
  return token;
}

/** From now on, another use of the token ends its session. */
export async function markTokenUsed(tx: Tx, hash: Buffer): Promise<void> {
  await tx.run('UPDATE refresh_token SET used_at = now() WHERE hash = $1', [hash]);
}

/** Ends a locked session. */
export async function revokeSession(tx: Tx, id: string, reason: RevocationReason): Promise<void> {
  await tx.run('UPDATE session SET revoked_at = now(), revoked_reason = $2 WHERE id = $1', [id, reason]);
}

/**
 * Ends all sessions of a locked account, except for `except`. Returns those that were still open.
 */
export async function revokeSessionsOf(
  tx: Tx,
  userId: string,
  reason: RevocationReason,
  except: string | null = null,
): Promise<Session[]> {
  return tx.rows<Session>(
    `UPDATE session SET revoked_at = now(), revoked_reason = $2
     WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() AND id IS DISTINCT FROM $3::uuid
     RETURNING id, user_id AS "userId", true AS revoked`,
    [userId, reason, except],
  );
}

/** An open session, as it is listed. */
export interface OpenSession extends Device {
  readonly id: string;
  readonly openedAt: Date;
  readonly usedAt: Date;
}

/** The open sessions of an account before `before`, the newest first. Ids are ordered by time. */
export async function openSessionsOf(
  reader: Reader,
  userId: string,
  before: string | null,
  limit: number,
): Promise<OpenSession[]> {
  return reader.rows<OpenSession>(
    `SELECT id, opened_at AS "openedAt", coalesce(used_at, opened_at) AS "usedAt", address, user_agent AS "userAgent"
     FROM session
     WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() AND ($2::uuid IS NULL OR id < $2)
     ORDER BY id DESC LIMIT $3`,
    [userId, before, limit],
  );
}

/** Locks an open session of an account. Undefined where it has none with this id. */
export async function lockOpenSession(tx: Tx, id: string, userId: string): Promise<Session | undefined> {
  const [session] = await tx.rows<Session>(
    `SELECT id, user_id AS "userId", false AS revoked FROM session
     WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > now() FOR UPDATE`,
    [id, userId],
  );
  return session;
}

/**
 * Ends the least recently used open sessions of an account, so that `keep` are left beside the
 * session `except`. Ends at most `limit` sessions. A sign-in and each refresh count as a use,
 * because they extend the session.
 */
export async function revokeLeastUsed(
  tx: Tx,
  except: Session,
  keep: number,
  reason: RevocationReason,
  limit: number,
): Promise<Session[]> {
  return tx.rows<Session>(
    `UPDATE session SET revoked_at = now(), revoked_reason = $3
     WHERE revoked_at IS NULL AND id IN (
       SELECT id FROM session WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL AND expires_at > now()
       ORDER BY expires_at DESC, id DESC OFFSET $4 LIMIT $5 FOR UPDATE)
     RETURNING id, user_id AS "userId", true AS revoked`,
    [except.userId, except.id, reason, keep, limit],
  );
}

/**
 * Deletes at most `limit` sessions with their tokens, and as many expired tokens. Returns the
 * number of rows.
 */
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

/** The revoked sessions among these. */
export async function revokedAmong(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ id: string }>(
    'SELECT id FROM session WHERE id = ANY ($1::uuid[]) AND revoked_at IS NOT NULL',
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}
