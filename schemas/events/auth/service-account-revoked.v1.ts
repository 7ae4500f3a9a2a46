import { defineEvent } from '#schemas/event.ts';
import { serviceAccountCreated } from './service-account-created.v1.ts';

/** A service account was revoked (AUTH-10). It has the whole account after that. */
export const serviceAccountRevoked = defineEvent({
  type: 'auth.service-account.revoked.v1',
  aggregate: 'service-account',
  idField: 'serviceAccountId',
  wholeState: true,
  fields: serviceAccountCreated.schema.fields,
});
