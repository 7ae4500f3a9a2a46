import { defineEvent, uuid } from '#schemas/event.ts';

/** A session ended: signed out, its refresh token used twice, or its user deactivated. */
export const sessionRevoked = defineEvent({
  type: 'auth.session.revoked.v1',
  aggregate: 'session',
  idField: 'sessionId',
  fields: [
    { name: 'sessionId', type: uuid },
    { name: 'userId', type: uuid },
    { name: 'reason', type: 'string' },
  ],
});
