/** Grants in SQL. Times are the database's. */
import type { Reader, Tx } from '#mixins/database/database.ts';
import type { AuthorizationRequest, Scope } from './authorization-request.ts';
import { CODE_SECONDS, GRANT_MS, GRANTED_SECONDS, type Grant, type Person } from './grant.ts';

/** The session of a person who signed in on our page. */
export interface PageSession {
  readonly id: string;
  readonly userId: string;
  /** The time since the sign-in, in seconds. */
  readonly ageSeconds: number;
}

/**
 * The open session of an unused refresh token, which the page's cookie has. A person who must
 * change the beak has none here: the session must not give access to further applications.
 */
export async function findPageSession(reader: Reader, tokenHash: Buffer): Promise<PageSession | undefined> {
  const [session] = await reader.rows<PageSession>(
    `SELECT s.id, s.user_id AS "userId", extract(epoch FROM now() - s.opened_at)::double precision AS "ageSeconds"
     FROM refresh_token t
     JOIN session s ON s.id = t.session_id
     JOIN user_account u ON u.id = s.user_id
     WHERE t.hash = $1 AND t.used_at IS NULL AND t.expires_at > now() AND s.revoked_at IS NULL
       AND u.active AND NOT u.must_change_beak`,
    [tokenHash],
  );
  return session;
}

export async function insertGrant(
  tx: Tx,
  id: string,
  codeHash: Buffer,
  { client, redirectUri, scopes, nonce, codeChallenge }: AuthorizationRequest,
  session: Pick<PageSession, 'id' | 'userId'>,
): Promise<void> {
  await tx.run(
    `INSERT INTO oidc_grant
       (id, client_id, user_id, session_id, redirect_uri, code_challenge, nonce, scopes, code_hash, code_expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(secs => $10))`,
    [
      id,
      client.id,
      session.userId,
      session.id,
      redirectUri,
      codeChallenge,
      nonce,
      scopes,
      codeHash,
      CODE_SECONDS,
    ],
  );
}

/** A grant with what its claims are made from. */
export type PersonalGrant = Grant & Person;

/** Locks the grant of a code: two requests with one code take turns. */
export async function lockGrantOfCode(tx: Tx, codeHash: Buffer): Promise<PersonalGrant | undefined> {
  const locked = await tx.rows('SELECT 1 FROM oidc_grant WHERE code_hash = $1 FOR UPDATE', [codeHash]);
  if (locked.length === 0) return undefined;
  // A separate statement: it must see the change that the lock waited for.
  const [grant] = await tx.rows<PersonalGrant>(
    `SELECT g.id, g.client_id AS "clientId", g.user_id AS "userId", g.redirect_uri AS "redirectUri",
       g.code_challenge AS "codeChallenge", g.nonce, g.scopes, s.opened_at AS "signedInAt",
       g.code_expires_at <= now() AS "codeExpired", g.redeemed_at IS NOT NULL AS redeemed,
       g.revoked_at IS NOT NULL AS revoked, s.revoked_at IS NULL AND s.expires_at > now() AND u.active AS "isOpen",
       u.login, u.name, u.email, u.locale
     FROM oidc_grant g JOIN session s ON s.id = g.session_id JOIN user_account u ON u.id = g.user_id
     WHERE g.code_hash = $1`,
    [codeHash],
  );
  return grant;
}

export async function redeemGrant(tx: Tx, id: string, accessHash: Buffer): Promise<void> {
  await tx.run(
    `UPDATE oidc_grant SET redeemed_at = now(), access_hash = $2,
       access_expires_at = now() + make_interval(secs => $3)
     WHERE id = $1`,
    [id, accessHash, GRANTED_SECONDS],
  );
}

export async function revokeGrant(tx: Tx, id: string): Promise<void> {
  await tx.run('UPDATE oidc_grant SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1', [id]);
}

/** The person of a valid access token, and what the application may learn of them. */
export async function findPersonOfToken(
  reader: Reader,
  accessHash: Buffer,
): Promise<(Person & { readonly scopes: readonly Scope[] }) | undefined> {
  const [person] = await reader.rows<Person & { readonly scopes: readonly Scope[] }>(
    `SELECT u.id AS "userId", u.login, u.name, u.email, u.locale, g.scopes
     FROM oidc_grant g JOIN session s ON s.id = g.session_id JOIN user_account u ON u.id = g.user_id
     WHERE g.access_hash = $1 AND g.access_expires_at > now() AND g.revoked_at IS NULL
       AND s.revoked_at IS NULL AND s.expires_at > now() AND u.active`,
    [accessHash],
  );
  return person;
}

/** Returns the number of deleted grants. */
export async function deleteOldGrants(tx: Tx, limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM oidc_grant WHERE id IN
       (SELECT id FROM oidc_grant WHERE created_at < now() - $1 * interval '1 millisecond'
        ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [GRANT_MS, limit],
  );
}
