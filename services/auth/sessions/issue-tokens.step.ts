/** Makes access tokens with the current signing key, and draws refresh tokens. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Tx } from '#mixins/database/database.ts';
import { ACCESS_TOKEN_SECONDS } from '#mixins/identity/access-token.ts';
import { issueAccessToken, type SigningKey } from '#mixins/identity/issue.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth, Tokens } from '../context.ts';
import { KeyUnreadableError } from '../keys/key-vault.client.ts';
import { readKeys } from '../keys/signing-key.store.ts';
import { signingKeyAt } from '../keys/signing-keys.ts';
import type { User } from '../users/user.ts';
import { REFRESH_TOKEN_BYTES } from './session.ts';

/** Draws a refresh token, of which only the hash is stored. */
export const drawRefreshToken = (): string => randomBytes(REFRESH_TOKEN_BYTES).toString('base64url');

/**
 * Returns the current signing key. It is read in the transaction that opens or continues the
 * session, and never cached: after a revocation no node signs with the revoked key. Throws
 * `service_unavailable` before the commit when no key may sign or this node can't open it.
 */
export async function readSigningKey(auth: Auth, tx: Tx): Promise<SigningKey> {
  const { keys, now } = await readKeys(tx);
  const stored = signingKeyAt(keys, now);
  if (stored === undefined) throw new Problem('service_unavailable', 'There is no key to sign tokens with');
  return auth.vault.open(stored).catch((error: unknown) => {
    if (!(error instanceof KeyUnreadableError)) throw error;
    // This node has another KEY_SECRET than the node that made the key. The loop `hold-key` reports
    // this and replaces the key where it can.
    throw new Problem('service_unavailable', 'There is no key that this node can sign tokens with');
  });
}

/** Builds the answer to a sign-in or a refresh, after the commit. */
export async function issueTokens(
  auth: Auth,
  key: SigningKey,
  user: User,
  sessionId: string,
  refreshToken: string,
): Promise<Tokens> {
  const { id: userId, tokenVersion: version, login, name, roles } = user;
  const subject = { userId, sessionId, version, login, name, roles };
  const { namespace } = auth.config;
  return {
    accessToken: await issueAccessToken(key, namespace, subject, randomUUID(), Date.now()),
    refreshToken,
    tokenType: 'Bearer',
    expiresIn: ACCESS_TOKEN_SECONDS,
  };
}
