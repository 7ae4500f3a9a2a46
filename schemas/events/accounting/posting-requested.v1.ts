import { amount, defineEvent, type EventData, nullable, timestamp, uuid } from '#schemas/event.ts';

/**
 * A service requests income (positive) or expense (negative) on an account (ACC-10). It is booked
 * once for each request id.
 */
export const postingRequested = defineEvent({
  type: 'accounting.posting.requested.v1',
  aggregate: 'request',
  idField: 'requestId',
  fields: [
    { name: 'requestId', type: uuid },
    { name: 'ownerType', type: 'string' },
    { name: 'ownerId', type: uuid },
    { name: 'amount', type: amount },
    { name: 'currency', type: 'string' },
    { name: 'kind', type: 'string' },
    { name: 'reason', type: 'string' },
    { name: 'referenceType', type: nullable('string'), default: null },
    { name: 'referenceId', type: nullable('string'), default: null },
    { name: 'referenceTitle', type: nullable('string'), default: null },
    { name: 'occurredAt', type: timestamp },
  ],
});

export type PostingRequested = EventData<typeof postingRequested>;
