import { defineEvent, type EventData, timestamp, uuid } from '#schemas/event.ts';

/**
 * A shuffle has drawn all its tasks (TASK-5). The event comes in parts if there are more than 1,000
 * people. Each part has the next version of the shuffle, beginning with 2. A person is in exactly
 * one part.
 */
export const shuffleCompleted = defineEvent({
  type: 'tasks.shuffle.completed.v1',
  aggregate: 'shuffle',
  idField: 'shuffleId',
  fields: [
    { name: 'shuffleId', type: uuid },
    { name: 'requestedById', type: 'string', doc: "A user's id, or operator:<user>@<host>" },
    { name: 'tasksDrawn', type: 'int', doc: 'By the whole shuffle, in every part' },
    {
      name: 'byAssignee',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'tasks.ShuffleAssignee',
          fields: [
            { name: 'assigneeId', type: uuid },
            { name: 'tasksDrawn', type: 'int' },
          ],
        },
      },
    },
    { name: 'completedAt', type: timestamp },
    { name: 'part', type: 'int', default: 1 },
    { name: 'parts', type: 'int', default: 1 },
  ],
});

export type ShuffleCompleted = EventData<typeof shuffleCompleted>;
