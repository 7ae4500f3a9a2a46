import { defineEvent } from '#schemas/event.ts';
import { employeeBilled } from './employee-billed.v1.ts';

/** An employee was paid the reward of a task they completed (ACC-2); `amount` is positive. */
export const taskPaid = defineEvent({
  type: 'accounting.task.paid.v1',
  aggregate: 'account',
  idField: 'employeeId',
  schema: {
    type: 'record',
    name: 'accounting.TaskPaid',
    // The same line of a task, with the other sign.
    fields: employeeBilled.schema.fields,
  },
});
