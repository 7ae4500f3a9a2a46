import { defineAction } from '#schemas/action.ts';
import { array, oneOf, openObject, string } from '#schemas/answers.ts';

/**
 * AUTH-1: with these keys other applications verify access tokens (EdDSA) and ID tokens (RS256) by
 * themselves. The members of each type of key (`crv`, `x`; `n`, `e`) are those of RFC 7518.
 */
export default defineAction({
  action: 'auth.jwks',
  route: 'GET //.well-known/jwks.json',
  access: 'anyone',
  summary: 'Gives the public keys of access tokens and ID tokens (RFC 7517).',
  answer: {
    keys: array(
      openObject({
        kty: oneOf('OKP', 'RSA'),
        kid: string(),
        alg: oneOf('EdDSA', 'RS256'),
        use: oneOf('sig'),
      }),
    ),
  },
});
