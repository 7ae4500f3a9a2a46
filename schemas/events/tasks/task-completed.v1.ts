import { defineEvent, nullable, timestamp, uuid } from '#schemas/event.ts';

/** The assignee completed a task (TASK-7). */
export const taskCompleted = defineEvent({
  type: 'tasks.task.completed.v1',
  aggregate: 'task',
  idField: 'taskId',
  fields: [
    { name: 'taskId', type: uuid },
    { name: 'title', type: 'string' },
    { name: 'externalId', type: nullable('string'), default: null },
    { name: 'description', type: 'string' },
    { name: 'assigneeId', type: uuid },
    { name: 'completedAt', type: timestamp },
  ],
});
