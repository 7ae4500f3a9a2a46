/** The public keys that are published, as other applications get them (AUTH-1). */
import type { JWK } from 'jose';
import { type AnswerOf, array, oneOf, openObject, string } from '#schemas/answers.ts';

/**
 * A set of keys (RFC 7517). The members of each type of key (`crv`, `x`; `n`, `e`) are those of RFC
 * 7518.
 */
export const keySet = {
  keys: array(
    openObject({
      kty: oneOf('OKP', 'RSA'),
      kid: string(),
      alg: oneOf('EdDSA', 'RS256'),
      use: oneOf('sig'),
    }),
  ),
} as const;

type KeyOfSet = AnswerOf<typeof keySet>['keys'][number];

/** Leaves out fields that clients do not see: others than their owner may have put them there. */
export function publicKeyOf(jwk: JWK): KeyOfSet {
  const { kty, crv, x, n, e, kid, alg, use } = jwk as KeyOfSet;
  const ofType = kty === 'RSA' ? { n, e } : { crv, x };
  return { kty, ...ofType, kid, alg, use };
}
