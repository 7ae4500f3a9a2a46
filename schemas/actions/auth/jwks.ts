import { defineAction } from '#schemas/action.ts';
import { array, object, oneOf, string } from '#schemas/answers.ts';

/** AUTH-1: with these keys other applications verify access tokens by themselves. */
export default defineAction({
  action: 'auth.jwks',
  route: 'GET //.well-known/jwks.json',
  access: 'anyone',
  summary: 'Gives the public keys of access tokens (RFC 7517).',
  answer: {
    keys: array(
      object({
        kty: oneOf('OKP'),
        crv: oneOf('Ed25519'),
        x: string(),
        kid: string(),
        alg: oneOf('EdDSA'),
        use: oneOf('sig'),
      }),
    ),
  },
});
