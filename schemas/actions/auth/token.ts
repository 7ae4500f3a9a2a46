import { defineAction } from '#schemas/action.ts';
import { described, oneOf, string } from '#schemas/answers.ts';
import { param } from '#schemas/fields/oidc.ts';
import { optional, secret, whole } from '#schemas/params.ts';

/**
 * AUTH-15: refused as RFC 6749 says, with 400 or 401 and `{"error": …}`. A code is good for 60
 * seconds and for one use; a second use revokes the access token. `not_found` where no clients are
 * configured.
 */
export default defineAction({
  action: 'auth.token',
  route: 'POST //oidc/token',
  access: 'anyone',
  summary:
    'Exchanges the code of a sign-in for an ID token and an access token (OpenID Connect; errors as in RFC 6749).',
  protocol: 'application/json',
  params: {
    grant_type: param('authorization_code', 'Always `authorization_code`.'),
    code: described(optional(secret()), 'The code of the sign-in.'),
    redirect_uri: param('https://wiki.example.com/callback', 'The same as in the request for the code.'),
    client_id: param('wiki', 'The application, unless it is in the header `Authorization` (Basic).'),
    client_secret: described(
      optional(secret()),
      'Its secret, unless that is in the header `Authorization` (Basic). Public applications have none.',
    ),
    code_verifier: described(optional(secret()), 'The text whose SHA-256 is the `code_challenge`.'),
  },
  answer: {
    access_token: described(secret(), 'Only for `/oidc/userinfo`; the API refuses it.'),
    token_type: described(oneOf('Bearer'), 'The scheme of `Authorization`.'),
    expires_in: described(whole(1), 'The life of both tokens in seconds.'),
    id_token: described(secret(), 'Says who signed in: a JWT, signed with RS256.'),
    scope: described(string('openid profile email'), 'The scopes that were granted.'),
  },
  problems: ['not_found'],
});
