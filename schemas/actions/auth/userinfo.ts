import { defineAction } from '#schemas/action.ts';
import { boolean, described, string } from '#schemas/answers.ts';
import { email, locale, login } from '#schemas/fields/auth.ts';
import { id, optional } from '#schemas/params.ts';

/**
 * AUTH-15: with the access token of `/oidc/token`. The claims depend on the scopes: `name`,
 * `preferred_username`, `locale` (`profile`); `email`, `email_verified` (`email`). `not_found`
 * where no clients are configured.
 */
export default defineAction({
  action: 'auth.userinfo',
  route: 'GET //oidc/userinfo',
  access: 'anyone',
  summary:
    'Shows an application who signed in, to the access token of `/oidc/token`, with the claims of its scopes.',
  protocol: 'application/json',
  answer: {
    sub: described(id(), 'The id of the user.'),
    name: optional(string('Pip')),
    preferred_username: described(optional(login), 'The login.'),
    locale: described(optional(locale), 'The language of the user, by two letters (ISO 639-1).'),
    email: optional(email),
    email_verified: described(
      optional(boolean()),
      'Always false: nobody has proved that the address is theirs.',
    ),
  },
  problems: ['unauthenticated', 'invalid_token', 'not_found'],
});
