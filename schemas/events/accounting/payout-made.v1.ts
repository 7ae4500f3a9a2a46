import { amount, businessDay, defineEvent, timestamp, uuid } from '#schemas/event.ts';

/**
 * An employee was paid the whole positive balance of a business day (ACC-5). `amount` is positive.
 * `operations` is the number of other lines of that day, so that consumers can detect missing ones.
 */
export const payoutMade = defineEvent({
  type: 'accounting.payout.made.v1',
  aggregate: 'account',
  idField: 'employeeId',
  fields: [
    { name: 'payoutId', type: uuid },
    { name: 'entryId', type: uuid },
    { name: 'employeeId', type: uuid },
    { name: 'amount', type: amount },
    { name: 'currency', type: 'string' },
    { name: 'businessDay', type: businessDay },
    { name: 'operations', type: 'int' },
    { name: 'occurredAt', type: timestamp },
  ],
});
