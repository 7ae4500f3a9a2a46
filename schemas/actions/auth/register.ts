import { defineAction } from '#schemas/action.ts';
import { user } from '#schemas/answers/user.ts';
import { nullable } from '#schemas/answers.ts';
import { beak, email, locale, login, name, roles } from '#schemas/fields/auth.ts';
import { optional, secret } from '#schemas/params.ts';

/**
 * AUTH-2, AUTH-3, AUTH-11: refused with `login_taken`. Without a beak the answer has a code with
 * which the owner sets one. The answer to a repeated request has no code.
 */
export default defineAction({
  action: 'auth.register',
  route: 'POST /users',
  access: ['admin'],
  status: 201,
  location: '/users/:id',
  summary: 'Registers an account.',
  details:
    'Without `beak` the answer has an `activationCode`, with which the owner sets one (`POST /auth/activate`). Other services see the account about a second later.',
  params: { login, name, email, roles, beak: optional(beak), locale: optional(locale) },
  answer: { ...user, activationCode: nullable(secret('k7m2x-9qd4r-tw3hc-8vbnp')) },
  problems: ['login_taken'],
});
