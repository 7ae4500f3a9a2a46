import { defineEvent, uuid } from '#schemas/event.ts';

/** A requested posting was refused for good (ACC-10). This is version 2 of its request. */
export const postingRefused = defineEvent({
  type: 'accounting.posting.refused.v1',
  aggregate: 'request',
  idField: 'requestId',
  fields: [
    { name: 'requestId', type: uuid },
    { name: 'code', type: 'string' },
    { name: 'reason', type: 'string' },
  ],
});
