import { defineEvent, timestamp, uuid } from '#schemas/event.ts';

/**
 * A one-time code was issued, with which the owner of an account sets its beak. The event does not
 * have the code.
 */
export const activationCodeIssued = defineEvent({
  type: 'auth.activation-code.issued.v1',
  aggregate: 'activation-code',
  idField: 'codeId',
  fields: [
    { name: 'codeId', type: uuid },
    { name: 'userId', type: uuid },
    { name: 'kind', type: 'string', doc: 'activation: an admin gives it out; recovery: it is mailed' },
    { name: 'expiresAt', type: timestamp },
  ],
});
