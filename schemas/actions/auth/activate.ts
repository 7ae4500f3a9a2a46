import { defineAction } from '#schemas/action.ts';
import { beak } from '#schemas/fields/auth.ts';
import { secret } from '#schemas/params.ts';

/**
 * AUTH-11: refused with `wrong_code` for a code of any form that is unknown, used, replaced or too
 * old, and with `too_many_requests` after too many of them. A weak beak leaves the code valid.
 */
export default defineAction({
  action: 'auth.activate',
  route: 'POST /auth/activate',
  access: 'anyone',
  status: 204,
  summary: 'Sets the beak of an account by a one-time code, and ends its sessions.',
  params: { code: secret('k7m2x-9qd4r-tw3hc-8vbnp'), beak },
  answer: null,
  problems: ['wrong_code'],
});
