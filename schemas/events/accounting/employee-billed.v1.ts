import { amount, businessDay, defineEvent, nullable, timestamp, uuid } from '#schemas/event.ts';

/**
 * An employee was charged the fee of a task that was assigned to them (ACC-2). `amount` is signed
 * for their account, so it is negative.
 */
export const employeeBilled = defineEvent({
  type: 'accounting.employee.billed.v1',
  aggregate: 'account',
  idField: 'employeeId',
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
});
