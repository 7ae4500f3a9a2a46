/** Applies events in a transaction, in the order that the consumer declares. */
import type { Tx } from '../database/database.ts';
import { type Item, newestOfEach } from './batch.ts';
import type { ConsumerContext } from './context.ts';
import { setAsideAmong } from './dead-letters.store.ts';
import type { Delivery } from './definition.ts';

/**
 * Applies the items, or leaves the transaction to be rolled back by what it throws. Events that were set aside before are left out:
 * they are redriven or discarded by an operator, not by a redelivery. Afterwards every item may be acknowledged.
 */
export async function applyItems(context: ConsumerContext, items: readonly Item[], tx: Tx): Promise<void> {
  const keys = items.map((item) => item.key);
  const setAside = await setAsideAmong(tx, context.name, keys);
  const open = setAside.size === 0 ? items : items.filter((item) => !setAside.has(item.key));
  const deliveries = open.map((item) => item.delivery);
  switch (context.definition.order) {
    case 'keyed':
      return await handle(context, deliveries, tx);
    case 'newest':
      return await handle(context, newestOfEach(deliveries), tx);
    default:
      throw context.definition.order satisfies never;
  }
}

async function handle(context: ConsumerContext, deliveries: readonly Delivery[], tx: Tx): Promise<void> {
  if (deliveries.length > 0) await context.definition.handle(deliveries, tx, context.platform);
}
