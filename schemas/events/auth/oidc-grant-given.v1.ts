import { defineEvent, uuid } from '#schemas/event.ts';

/**
 * A person signed in to another application by OpenID Connect, by the sign-in page or by a session
 * that was open there. The application got a code; the event does not have it.
 */
export const oidcGrantGiven = defineEvent({
  type: 'auth.oidc-grant.given.v1',
  aggregate: 'oidc-grant',
  idField: 'grantId',
  fields: [
    { name: 'grantId', type: uuid },
    { name: 'userId', type: uuid },
    { name: 'sessionId', type: uuid, doc: 'The session on the sign-in page; the access ends with it' },
    { name: 'client', type: 'string', doc: 'The application, as in OIDC_CLIENTS' },
    {
      name: 'scopes',
      type: { type: 'array', items: 'string' },
      doc: 'What the application may learn of the person',
    },
  ],
});
