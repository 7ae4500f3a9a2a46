import { defineAction } from '#schemas/action.ts';
import { beak } from '#schemas/fields/auth.ts';
import { secret } from '#schemas/params.ts';

/**
 * AUTH-9: refused with `wrong_credentials` for a wrong `current` of any form, which counts as a
 * refused sign-in, and with `too_many_requests` after too many of them. Ends all other sessions.
 * The current one goes on after a refresh.
 */
export default defineAction({
  action: 'auth.changeMyBeak',
  route: 'POST /auth/me/beak',
  access: 'person',
  status: 204,
  summary: 'Changes the beak of the caller; the access token must be refreshed afterwards.',
  params: { current: secret('short-and-grey'), next: beak },
  answer: null,
  problems: ['wrong_credentials'],
});
