import { defineEvent, nullable, timestamp, uuid } from '#schemas/event.ts';

/** A shuffle drew an assignee again, maybe the same one (TASK-5). */
export const taskReassigned = defineEvent({
  type: 'tasks.task.reassigned.v1',
  aggregate: 'task',
  idField: 'taskId',
  fields: [
    { name: 'taskId', type: uuid },
    { name: 'title', type: 'string' },
    { name: 'externalId', type: nullable('string'), default: null },
    { name: 'description', type: 'string' },
    { name: 'previousAssigneeId', type: uuid },
    { name: 'assigneeId', type: uuid },
    { name: 'shuffleId', type: uuid },
    { name: 'reassignedAt', type: timestamp },
  ],
});
