import { defineEvent, type EventData } from '#schemas/event.ts';

/**
 * A new key signs access tokens from now on, or soon. There is one such aggregate for each issuer
 * of tokens, and its first event is about the first key. The event has ids of keys, never a key.
 */
export const signingKeyRotated = defineEvent({
  type: 'auth.signing-key.rotated.v1',
  aggregate: 'signing-key',
  idField: 'issuer',
  wholeState: true,
  fields: [
    { name: 'issuer', type: 'string', doc: 'The claim `iss` of the tokens' },
    { name: 'kid', type: 'string', doc: 'The key that takes over' },
    {
      name: 'previousKids',
      type: { type: 'array', items: 'string' },
      doc: 'The keys that were believed until then',
    },
    {
      name: 'revoked',
      type: 'boolean',
      doc: 'Whether tokens of the previous keys are refused at once; else they hold until they expire',
    },
  ],
});

export type SigningKeyRotated = EventData<typeof signingKeyRotated>;
