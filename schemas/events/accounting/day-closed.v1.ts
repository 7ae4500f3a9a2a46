import { amount, businessDay, defineEvent, timestamp } from '#schemas/event.ts';

/**
 * The last payout of a business day is booked and sealed (ACC-6, ACC-8). `head` is the head of the
 * hash chain in hex.
 */
export const dayClosed = defineEvent({
  type: 'accounting.day.closed.v1',
  aggregate: 'day',
  idField: 'businessDay',
  fields: [
    { name: 'businessDay', type: businessDay },
    { name: 'currency', type: 'string' },
    { name: 'fees', type: amount },
    { name: 'rewards', type: amount },
    { name: 'result', type: amount },
    { name: 'payouts', type: 'int' },
    { name: 'totalPaid', type: amount },
    { name: 'carriedOver', type: amount },
    { name: 'entries', type: 'long' },
    { name: 'head', type: 'string' },
    { name: 'closedAt', type: timestamp },
  ],
});
