import { defineAction } from '#schemas/action.ts';

/** AUTH-1: other applications verify access tokens with these, without asking us. */
export default defineAction({
  action: 'auth.jwks',
  route: 'GET //.well-known/jwks.json',
  access: 'anyone',
  status: 200,
  summary: 'Gives the public keys of access tokens (RFC 7517).',
  params: { $$strict: true },
});
