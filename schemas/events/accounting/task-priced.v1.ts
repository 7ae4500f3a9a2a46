import { amount, defineEvent, uuid } from '#schemas/event.ts';

/** A task got its prices, once (ACC-1). */
export const taskPriced = defineEvent({
  type: 'accounting.task.priced.v1',
  aggregate: 'price/task',
  idField: 'taskId',
  fields: [
    { name: 'taskId', type: uuid },
    { name: 'fee', type: amount },
    { name: 'reward', type: amount },
    { name: 'currency', type: 'string' },
  ],
});
