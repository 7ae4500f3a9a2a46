import { defineAction } from '#schemas/action.ts';

/** Answers the same to a token that is unknown or whose session has ended: the session is over, which is what was asked for. */
export default defineAction({
  action: 'auth.logout',
  route: 'POST /auth/logout',
  access: 'anyone',
  status: 204,
  summary: 'Ends the session of a refresh token; its access tokens are refused from then on.',
  params: { $$strict: true, refreshToken: { type: 'string' } },
});
