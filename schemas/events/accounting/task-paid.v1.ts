import {
  amount,
  businessDay,
  defineEvent,
  type EventData,
  nullable,
  timestamp,
  uuid,
} from '#schemas/event.ts';

/** An employee was paid the reward of a task they completed (ACC-2); `amount` is positive. */
export const taskPaid = defineEvent({
  type: 'accounting.task.paid.v1',
  aggregate: 'account',
  idField: 'employeeId',
  schema: {
    type: 'record',
    name: 'accounting.TaskPaid',
    fields: [
      { name: 'entryId', type: uuid },
      { name: 'taskId', type: uuid },
      { name: 'title', type: 'string' },
      { name: 'externalId', type: nullable('string'), default: null },
      { name: 'description', type: 'string' },
      { name: 'employeeId', type: uuid },
      { name: 'amount', type: amount },
      { name: 'fee', type: amount },
      { name: 'reward', type: amount },
      { name: 'currency', type: 'string' },
      { name: 'balanceAfter', type: amount },
      { name: 'businessDay', type: businessDay },
      { name: 'occurredAt', type: timestamp },
    ],
  },
});

export type TaskPaid = EventData<typeof taskPaid>;
