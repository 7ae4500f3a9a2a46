import {
  amount,
  businessDay,
  defineEvent,
  type EventData,
  nullable,
  timestamp,
  uuid,
} from '#schemas/event.ts';

/**
 * An adjustment or a requested posting was booked (ACC-7, ACC-10). `amount` is signed for the
 * account. No field contains the account's id: for an employee it is `ownerId`, for any other owner
 * `<ownerType>:<ownerId>`.
 */
export const postingMade = defineEvent({
  type: 'accounting.posting.made.v1',
  aggregate: 'account',
  fields: [
    { name: 'entryId', type: uuid },
    { name: 'ownerType', type: 'string' },
    { name: 'ownerId', type: uuid },
    { name: 'amount', type: amount },
    { name: 'currency', type: 'string' },
    { name: 'kind', type: 'string' },
    { name: 'reason', type: nullable('string'), default: null },
    { name: 'requestId', type: nullable(uuid), default: null },
    { name: 'referenceType', type: nullable('string'), default: null },
    { name: 'referenceId', type: nullable('string'), default: null },
    { name: 'referenceTitle', type: nullable('string'), default: null },
    { name: 'byId', type: nullable('string'), default: null },
    { name: 'byName', type: nullable('string'), default: null },
    { name: 'balanceAfter', type: amount },
    { name: 'businessDay', type: businessDay },
    { name: 'occurredAt', type: timestamp },
  ],
});

export type PostingMade = EventData<typeof postingMade>;
