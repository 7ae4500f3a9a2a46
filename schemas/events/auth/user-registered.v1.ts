import { defineEvent, nullable, uuid } from '#schemas/event.ts';

/** An account was made (AUTH-3). It has the whole account. */
export const userRegistered = defineEvent({
  type: 'auth.user.registered.v1',
  aggregate: 'user',
  idField: 'userId',
  wholeState: true,
  fields: [
    { name: 'userId', type: uuid },
    { name: 'login', type: 'string' },
    { name: 'name', type: 'string' },
    { name: 'email', type: 'string' },
    { name: 'locale', type: nullable('string'), default: null },
    { name: 'roles', type: { type: 'array', items: 'string' } },
    { name: 'active', type: 'boolean' },
    { name: 'mustChangeBeak', type: 'boolean', default: false },
    {
      name: 'tokenVersion',
      type: 'int',
      doc: 'Access tokens with a lower version are refused; rises with roles, active and beak (AUTH-4)',
    },
  ],
});
