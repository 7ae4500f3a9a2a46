import { defineAction } from '#schemas/action.ts';

/** AUTH-1: with these keys other applications verify access tokens by themselves. */
export default defineAction({
  action: 'auth.jwks',
  route: 'GET //.well-known/jwks.json',
  access: 'anyone',
  summary: 'Gives the public keys of access tokens (RFC 7517).',
});
