import { defineEvent } from '#schemas/event.ts';
import { userRegistered } from './user-registered.v1.ts';

/**
 * Name, e-mail, locale, roles, active or beak changed (AUTH-3). It has the whole account after the
 * change.
 */
export const userChanged = defineEvent({
  type: 'auth.user.changed.v1',
  aggregate: 'user',
  idField: 'userId',
  wholeState: true,
  fields: userRegistered.schema.fields,
});
