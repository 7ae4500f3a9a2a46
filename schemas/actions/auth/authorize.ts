import { defineAction } from '#schemas/action.ts';
import { authorizationParams } from '#schemas/fields/oidc.ts';

/**
 * AUTH-15: 303 back to the application with a code or an error, or the sign-in page. A page with
 * 400 where the client or its address is not known. `not_found` where no clients are configured.
 */
export default defineAction({
  action: 'auth.authorize',
  route: 'GET //oidc/authorize',
  access: 'anyone',
  summary:
    'Lets a person sign in to another application: redirects to it with a code (303), or shows the sign-in page.',
  protocol: 'text/html',
  params: authorizationParams,
  answer: null,
  problems: ['not_found'],
});
