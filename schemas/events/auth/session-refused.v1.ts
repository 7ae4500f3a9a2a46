import { defineEvent, nullable, uuid } from '#schemas/event.ts';

/**
 * A sign-in was refused. It is its own aggregate, because no session exists. `login` is the typed
 * text only if an account has this login. Otherwise it is `hmac-sha256:` and a keyed hash, because
 * the text may be a beak.
 */
export const sessionRefused = defineEvent({
  type: 'auth.session.refused.v1',
  aggregate: 'session',
  fields: [
    { name: 'login', type: 'string' },
    { name: 'userId', type: nullable(uuid), default: null },
    { name: 'reason', type: 'string' },
  ],
});
