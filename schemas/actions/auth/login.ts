import { defineAction } from '#schemas/action.ts';
import { tokens } from '#schemas/answers/tokens.ts';
import { beak, refreshCookie } from '#schemas/fields/auth.ts';
import { optional, secret } from '#schemas/params.ts';

/**
 * AUTH-1: refused with `wrong_credentials` for login and beak of any form, so that the answer
 * reveals nothing about either. Refused with `too_many_requests` after too many refusals or
 * successes. `next` replaces the beak. Without it, an account that must change its beak is refused
 * with `beak_change_required` (AUTH-12). With `cookie`, a page gets the refresh token in a cookie
 * and not in the answer.
 */
export default defineAction({
  action: 'auth.login',
  route: 'POST /auth/login',
  access: 'anyone',
  summary: 'Signs in with the shape of a beak and gives an access token (10 minutes) and a refresh token.',
  details:
    'A beak is a password. An account that must change its beak is refused with `beak_change_required` unless the request has `next`. By default an account may sign in 30 times a minute, and an address 600 times; wrong guesses are limited further. Beyond that, the answer is 429.',
  params: {
    login: { type: 'string' },
    beak: secret('short-and-grey'),
    next: optional(beak),
    cookie: { type: 'boolean', optional: true },
  },
  answer: tokens,
  cookie: refreshCookie,
  problems: ['wrong_credentials', 'beak_change_required'],
});
