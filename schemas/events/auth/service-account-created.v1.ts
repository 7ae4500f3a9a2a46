import { defineEvent, timestamp, uuid } from '#schemas/event.ts';

/** A service account was created (AUTH-10). It has the whole account, but nothing of its token. */
export const serviceAccountCreated = defineEvent({
  type: 'auth.service-account.created.v1',
  aggregate: 'service-account',
  idField: 'serviceAccountId',
  wholeState: true,
  fields: [
    { name: 'serviceAccountId', type: uuid },
    { name: 'name', type: 'string' },
    { name: 'scopes', type: { type: 'array', items: 'string' } },
    { name: 'expiresAt', type: timestamp },
    { name: 'revoked', type: 'boolean' },
  ],
});
