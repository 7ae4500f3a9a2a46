import { defineAction } from '#schemas/action.ts';
import { user } from '#schemas/answers/user.ts';
import { beak, email, locale, login, name, roles } from '#schemas/fields/auth.ts';
import { optional } from '#schemas/params.ts';

/** AUTH-2, AUTH-3: refused with `login_taken`. */
export default defineAction({
  action: 'auth.register',
  route: 'POST /users',
  access: ['admin'],
  status: 201,
  summary: 'Registers an account.',
  params: { login, name, email, roles, beak, locale: optional(locale) },
  answer: user,
  problems: ['login_taken'],
});
