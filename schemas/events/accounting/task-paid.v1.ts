import { defineEvent } from '#schemas/event.ts';
import { employeeBilled } from './employee-billed.v1.ts';

/** An employee was paid the reward of a task that they completed (ACC-2). `amount` is positive. */
export const taskPaid = defineEvent({
  type: 'accounting.task.paid.v1',
  aggregate: 'account',
  idField: 'employeeId',
  // The fields are those of a fee. The amount has the other sign.
  fields: employeeBilled.schema.fields,
});
