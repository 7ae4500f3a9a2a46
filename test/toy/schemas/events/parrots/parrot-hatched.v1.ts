import { defineEvent, uuid } from '#schemas/event.ts';

export const parrotHatched = defineEvent({
  type: 'parrots.parrot.hatched.v1',
  aggregate: 'parrot',
  idField: 'parrotId',
  fields: [
    { name: 'parrotId', type: uuid },
    { name: 'name', type: 'string' },
  ],
});
