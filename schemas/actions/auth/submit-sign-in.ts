import { defineAction } from '#schemas/action.ts';
import { described } from '#schemas/answers.ts';
import { authorizationParams, param } from '#schemas/fields/oidc.ts';
import { optional, secret } from '#schemas/params.ts';

/**
 * As `auth.authorize`, also with the login and the beak that the form of the sign-in page sends.
 */
export default defineAction({
  action: 'auth.submitSignIn',
  route: 'POST //oidc/authorize',
  access: 'anyone',
  summary: 'Takes the form of the sign-in page, and redirects to the application with a code (303).',
  protocol: 'text/html',
  params: {
    ...authorizationParams,
    login: param('pip', 'The login that was typed.'),
    beak: described(optional(secret()), 'The beak that was typed.'),
  },
  answer: null,
  problems: ['not_found'],
});
