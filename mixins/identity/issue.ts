/**
 * Issues access tokens that the verifier accepts. Used by the owner of the accounts, and by tests
 * in its place.
 */
import { type CryptoKey, SignJWT } from 'jose';
import { ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_SECONDS, ACCESS_TOKEN_TYPE } from './access-token.ts';
import type { Actor } from './identity.ts';

/** A private key, and the key id of its public half. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

/** The user of a token. */
export interface TokenSubject extends Actor {
  /** The user's token version. */
  readonly version: number;
}

/**
 * Signs an access token that is valid for 10 minutes from `now` (milliseconds since 1970). `id`
 * becomes its `jti`.
 */
export async function issueAccessToken(
  key: SigningKey,
  namespace: string,
  subject: TokenSubject,
  id: string,
  now: number,
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT({
    sid: subject.sessionId,
    ver: subject.version,
    login: subject.login,
    name: subject.name,
    roles: [...subject.roles],
  })
    .setProtectedHeader({ alg: ACCESS_TOKEN_ALGORITHM, typ: ACCESS_TOKEN_TYPE, kid: key.kid })
    .setSubject(subject.userId)
    .setIssuer(namespace)
    .setAudience(namespace)
    .setJti(id)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
    .sign(key.privateKey);
}
