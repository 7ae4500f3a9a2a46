import { defineAction } from '#schemas/action.ts';
import { refreshCookie } from '#schemas/fields/auth.ts';
import { secret } from '#schemas/params.ts';

/**
 * The answer is the same for an unknown token and for an ended session: the session is over in any
 * case.
 */
export default defineAction({
  action: 'auth.logout',
  route: 'POST /auth/logout',
  access: 'anyone',
  status: 204,
  summary: 'Ends the session of a refresh token; its access tokens are refused from then on.',
  params: { refreshToken: secret() },
  answer: null,
  cookie: refreshCookie,
  problems: ['unauthenticated'],
});
