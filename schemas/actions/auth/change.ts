import { defineAction } from '#schemas/action.ts';
import { user } from '#schemas/answers/user.ts';
import { beak, email, locale, name, roles } from '#schemas/fields/auth.ts';
import { id, optional } from '#schemas/params.ts';

/**
 * AUTH-3 to AUTH-5: refused with `validation_failed` when no field is named, `not_found`,
 * `last_admin`. A null field counts as not named, except `locale`, which null removes. Roles are
 * replaced as a whole. A new beak and a deactivation end all sessions of the account. With
 * `mustChangeBeak`, the next sign-in must bring a new beak (AUTH-12).
 */
export default defineAction({
  action: 'auth.change',
  route: 'PATCH /users/:id',
  access: ['admin'],
  summary: 'Changes the named fields of an account; issued tokens follow within 5 seconds.',
  details:
    'A field that is missing or null is not changed. Only `locale` is: null removes it. `roles` replaces all roles.',
  params: {
    id: id(),
    name: optional(name),
    email: optional(email),
    locale: optional(locale),
    roles: optional(roles),
    active: { type: 'boolean', optional: true },
    beak: optional(beak),
    mustChangeBeak: { type: 'boolean', optional: true },
  },
  answer: user,
  problems: ['last_admin'],
});
