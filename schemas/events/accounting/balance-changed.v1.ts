import { amount, defineEvent, uuid } from '#schemas/event.ts';

/**
 * The balance of an account after the newest posting of a batch (ACC-9). The aggregate's id is
 * formed like that of the account (see `posting-made.v1.ts`).
 */
export const balanceChanged = defineEvent({
  type: 'accounting.balance.changed.v1',
  aggregate: 'balance',
  wholeState: true,
  fields: [
    { name: 'ownerType', type: 'string' },
    { name: 'ownerId', type: uuid },
    { name: 'balance', type: amount },
    { name: 'currency', type: 'string' },
  ],
});
