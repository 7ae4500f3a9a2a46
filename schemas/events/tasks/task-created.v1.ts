import { defineEvent, type EventData, nullable, timestamp, uuid } from '#schemas/event.ts';

/** A task was created with its first assignee (TASK-2). */
export const taskCreated = defineEvent({
  type: 'tasks.task.created.v1',
  aggregate: 'task',
  idField: 'taskId',
  fields: [
    { name: 'taskId', type: uuid },
    { name: 'title', type: 'string' },
    { name: 'externalId', type: nullable('string'), default: null },
    { name: 'description', type: 'string' },
    { name: 'assigneeId', type: uuid },
    { name: 'createdById', type: uuid },
    { name: 'createdAt', type: timestamp },
  ],
});

export type TaskCreated = EventData<typeof taskCreated>;
