import { defineEvent, uuid } from '#schemas/event.ts';

/** A sign-in succeeded. */
export const sessionOpened = defineEvent({
  type: 'auth.session.opened.v1',
  aggregate: 'session',
  idField: 'sessionId',
  fields: [
    { name: 'sessionId', type: uuid },
    { name: 'userId', type: uuid },
    { name: 'login', type: 'string' },
  ],
});
