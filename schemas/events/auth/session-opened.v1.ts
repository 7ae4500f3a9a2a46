import { defineEvent, nullable, uuid } from '#schemas/event.ts';

/** A sign-in succeeded. */
export const sessionOpened = defineEvent({
  type: 'auth.session.opened.v1',
  aggregate: 'session',
  idField: 'sessionId',
  fields: [
    { name: 'sessionId', type: uuid },
    { name: 'userId', type: uuid },
    { name: 'login', type: 'string' },
    {
      name: 'client',
      type: nullable('string'),
      default: null,
      doc: 'The application that the person signed in to by OpenID Connect; null for our own clients',
    },
  ],
});
