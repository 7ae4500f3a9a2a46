import { defineAction } from '#schemas/action.ts';
import { user } from '#schemas/answers/user.ts';
import { email, locale, name } from '#schemas/fields/auth.ts';
import { optional } from '#schemas/params.ts';

/**
 * AUTH-9: refused with `validation_failed` when no field is named. A null field counts as not
 * named, except `locale`, which null removes.
 */
export default defineAction({
  action: 'auth.changeMe',
  route: 'PATCH /auth/me',
  access: 'person',
  summary: 'Changes the named fields of the account of the caller.',
  details: 'A field that is missing or null is not changed. Only `locale` is: null removes it.',
  params: { name: optional(name), email: optional(email), locale: optional(locale) },
  answer: user,
  problems: ['not_found'],
});
