/** Turns accounting's events into operations, figures of days and balances (ANA-1 to ANA-4). */
import type { Delivery } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { newestOf } from '#mixins/newest.ts';
import { balanceChanged } from '#schemas/events/accounting/balance-changed.v1.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';
import { employeeBilled } from '#schemas/events/accounting/employee-billed.v1.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { postingMade } from '#schemas/events/accounting/posting-made.v1.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import { taskPriced } from '#schemas/events/accounting/task-priced.v1.ts';
import { accountDays, dayFigures } from '../figures/figures.ts';
import { type Operation, operationOf } from './operation.ts';
import {
  addToDays,
  type Balance,
  type ClosedDay,
  changeBelowZero,
  insertClosedDays,
  insertOperations,
  insertPrices,
  keepAccountDays,
  keepBalances,
  lockAccounts,
  type Price,
} from './projection.store.ts';

const contracts = [
  taskPriced,
  employeeBilled,
  taskPaid,
  postingMade,
  payoutMade,
  balanceChanged,
  dayClosed,
] as const;

type AccountingDelivery = Delivery<(typeof contracts)[number]>;

interface Sorted {
  readonly operations: Operation[];
  readonly balances: Balance[];
  readonly prices: Price[];
  readonly closedDays: ClosedDay[];
}

function sortOut(batch: readonly AccountingDelivery[]): Sorted {
  const sorted: Sorted = { operations: [], balances: [], prices: [], closedDays: [] };
  for (const delivery of batch) {
    switch (delivery.type) {
      case 'accounting.task.priced.v1':
        sorted.prices.push(delivery.data);
        break;
      case 'accounting.balance.changed.v1': {
        const { ownerType, ownerId, balance } = delivery.data;
        const owner = { ownerType, ownerId: ownerId.toLowerCase() };
        sorted.balances.push({ ...owner, balance, version: delivery.sequence });
        break;
      }
      case 'accounting.day.closed.v1':
        sorted.closedDays.push({ ...delivery.data, closedAt: new Date(delivery.data.closedAt) });
        break;
      default:
        sorted.operations.push(operationOf(delivery));
    }
  }
  return sorted;
}

async function projectAccounting(tx: Tx, slot: number, batch: readonly AccountingDelivery[]): Promise<void> {
  const { operations, balances, prices, closedDays } = sortOut(batch);
  if (prices.length > 0) await insertPrices(tx, slot, prices);
  if (closedDays.length > 0) await insertClosedDays(tx, slot, closedDays);
  const owners = new Map(
    [
      ...operations.map(({ owner }) => owner),
      ...balances.map(({ ownerType, ownerId }) => ({ type: ownerType, id: ownerId })),
    ].map((owner) => [`${owner.type} ${owner.id}`, owner]),
  );
  if (owners.size === 0) return;
  await lockAccounts(tx, slot, [...owners.values()]);
  if (balances.length > 0) {
    const newest = newestOf(balances, ({ ownerType, ownerId }) => `${ownerType} ${ownerId}`);
    await keepBalances(tx, slot, newest);
  }
  if (operations.length > 0) await projectOperations(tx, slot, operations);
}

/** Only new lines are added to the figures, so that each line counts exactly once. */
async function projectOperations(tx: Tx, slot: number, operations: readonly Operation[]): Promise<void> {
  const added = await insertOperations(tx, slot, operations);
  const fresh = operations.filter(({ entryId }) => added.delete(entryId));
  if (fresh.length === 0) return;
  const days = accountDays(fresh);
  let changes: Awaited<ReturnType<typeof changeBelowZero>> = [];
  if (days.length > 0) {
    await keepAccountDays(tx, slot, days);
    changes = await changeBelowZero(tx, slot, days);
  }
  await addToDays(tx, slot, dayFigures(fresh), changes);
}

export const accounting = {
  stream: 'accounting',
  order: 'keyed',
  reads: contracts,
  project: projectAccounting,
} as const;
