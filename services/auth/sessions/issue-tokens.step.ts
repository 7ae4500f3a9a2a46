/** Makes access tokens with the key that signs at the moment, and draws refresh tokens. */
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

/** A new refresh token; only its hash is kept. */
export const drawRefreshToken = (): string => randomBytes(REFRESH_TOKEN_BYTES).toString('base64url');

/**
 * The key that signs now. Read in the transaction that opens or goes on with the session, and never kept: after a revocation no node signs with
 * the key that was revoked. Throws `service_unavailable` where no key may sign or this node can't open it, before anything is committed.
 */
export async function holdSigningKey(auth: Auth, tx: Tx): Promise<SigningKey> {
  const { keys, now } = await readKeys(tx);
  const stored = signingKeyAt(keys, now);
  if (stored === undefined) throw new Problem('service_unavailable', 'There is no key to sign tokens with');
  return auth.vault.open(stored).catch((error: unknown) => {
    if (!(error instanceof KeyUnreadableError)) throw error;
    // Another KEY_SECRET than that of the node which made the key. The loop `hold-key` reports it,
    // and ends it where it can.
    throw new Problem('service_unavailable', 'There is no key that this node can sign tokens with');
  });
}

/** What a sign-in or a refresh answers, after its commit. */
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
