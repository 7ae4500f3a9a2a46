import { defineEvent, nullable, uuid } from '#schemas/event.ts';

/**
 * A sign-in was refused; an aggregate of its own, as no session came to be. `login` is the text that was typed only where an account has it,
 * else `hmac-sha256:` and a keyed hash of it: the text may be a beak.
 */
export const sessionRefused = defineEvent({
  type: 'auth.session.refused.v1',
  aggregate: 'session',
  schema: {
    type: 'record',
    name: 'auth.SessionRefused',
    fields: [
      { name: 'login', type: 'string' },
      { name: 'userId', type: nullable(uuid), default: null },
      { name: 'reason', type: 'string' },
    ],
  },
});
