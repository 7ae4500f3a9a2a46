/** Params of an authorization request (OpenID Connect Core 1.0, 3.1.2.1; RFC 7636). */
import { described } from '#schemas/answers.ts';
import { optional } from '#schemas/params.ts';

/** A text that may be missing: the answer to a missing one is an error of the protocol. */
export const param = (example: string, description: string) =>
  described(optional({ type: 'string', example } as const), description);

export const authorizationParams = {
  response_type: param('code', 'Always `code`.'),
  client_id: param('wiki', 'The application, as in `OIDC_CLIENTS`.'),
  redirect_uri: param(
    'https://wiki.example.com/callback',
    'Where the answer goes: exactly one of the addresses in `OIDC_CLIENTS`.',
  ),
  scope: param('openid profile email', '`openid`, and optionally `profile` and `email`. Others are ignored.'),
  state: param('af0ifjsldkj', 'Comes back with the answer, at most 1,000 characters.'),
  nonce: param('n-0S6_WzA2Mj', 'Comes back in the ID token, at most 1,000 characters.'),
  response_mode: param('query', 'Always `query`.'),
  prompt: param('login', '`none`: never show a page. `login` or `select_account`: always show it.'),
  max_age: param('3600', 'Asks for a new sign-in where the last one is older, in seconds.'),
  login_hint: param('pip', 'The login that the page shows first.'),
  ui_locales: param('ru en', 'The languages of the page, the preferred one first.'),
  code_challenge: param(
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    'SHA-256 of the code verifier, in base64url (PKCE). Required of every application.',
  ),
  code_challenge_method: param('S256', 'Always `S256`.'),
  request: param('eyJhbGciOiJub25lIn0', 'Not supported.'),
  request_uri: param('https://wiki.example.com/request', 'Not supported.'),
} as const;
