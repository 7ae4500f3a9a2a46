/** Makes ID tokens (OpenID Connect Core 1.0, 2). */
import { SignJWT } from 'jose';
import type { Tx } from '#mixins/database/database.ts';
import type { SigningKey } from '#mixins/identity/issue.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import { KeyUnreadableError } from '../keys/key-vault.client.ts';
import { readKeys } from '../keys/signing-key.store.ts';
import { ID_TOKEN_ALGORITHM, idTokenKeyAt } from '../keys/signing-keys.ts';
import type { PersonalGrant } from './grant.store.ts';
import { claimsOf, GRANTED_SECONDS } from './grant.ts';

/**
 * The key that signs ID tokens now, read in the transaction that redeems a code, as for access
 * tokens. Throws `service_unavailable`.
 */
export async function readIdTokenKey(auth: Auth, tx: Tx): Promise<SigningKey> {
  const { keys, now } = await readKeys(tx);
  const stored = idTokenKeyAt(keys, now);
  if (stored === undefined)
    throw new Problem('service_unavailable', 'There is no key to sign ID tokens with');
  return auth.vault.openIdTokenKey(stored).catch((error: unknown) => {
    if (!(error instanceof KeyUnreadableError)) throw error;
    throw new Problem('service_unavailable', 'There is no key that this node can sign ID tokens with');
  });
}

/** `now` is in milliseconds since 1970. */
export function issueIdToken(
  { kid, privateKey }: SigningKey,
  issuer: string,
  grant: PersonalGrant,
  now: number,
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT({
    auth_time: Math.floor(grant.signedInAt.getTime() / 1000),
    ...(grant.nonce === null ? {} : { nonce: grant.nonce }),
    ...claimsOf(grant, grant.scopes),
  })
    .setProtectedHeader({ alg: ID_TOKEN_ALGORITHM, typ: 'JWT', kid })
    .setIssuer(issuer)
    .setSubject(grant.userId)
    .setAudience(grant.clientId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + GRANTED_SECONDS)
    .sign(privateKey);
}
