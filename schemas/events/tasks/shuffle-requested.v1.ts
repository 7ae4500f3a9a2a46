import { defineEvent, timestamp, uuid } from '#schemas/event.ts';

/** A user pressed the button (TASK-5). This is version 1 of the shuffle, which runs later. */
export const shuffleRequested = defineEvent({
  type: 'tasks.shuffle.requested.v1',
  aggregate: 'shuffle',
  idField: 'shuffleId',
  fields: [
    { name: 'shuffleId', type: uuid },
    { name: 'requestedById', type: 'string', doc: "A user's id, or operator:<user>@<host>" },
    {
      name: 'tasksOpen',
      type: 'int',
      doc: 'Open tasks at that moment: what it will draw at most, but for races',
    },
    { name: 'requestedAt', type: timestamp },
  ],
});
