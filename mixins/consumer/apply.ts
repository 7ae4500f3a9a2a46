/** Applies events in a transaction, in the order that the consumer declares. */
import type { Tx } from '../database/database.ts';
import { type Item, newestOfEach } from './batch.ts';
import { type ConsumerContext, ConsumerStopped } from './context.ts';
import { setAsideAmong } from './dead-letters.store.ts';
import type { Delivery } from './definition.ts';
import { countWaiting, keepWaiting, lockConsumer, movePositions, positionsOf } from './sequence.store.ts';
import { planSequence } from './sequence.ts';

/**
 * Applies the items, or leaves the transaction to be rolled back by what it throws. Events that were set aside before are left out:
 * they are redriven or discarded by an operator, not by a redelivery. Afterwards every item may be acknowledged.
 */
export async function applyItems(context: ConsumerContext, items: readonly Item[], tx: Tx): Promise<void> {
  if (context.definition.order === 'sequential') await lockConsumer(tx, context.name);
  const keys = items.map((item) => item.key);
  const setAside = await setAsideAmong(tx, context.name, keys);
  const open = setAside.size === 0 ? items : items.filter((item) => !setAside.has(item.key));
  switch (context.definition.order) {
    case 'keyed':
      return await handle(context, deliveriesOf(open), tx);
    case 'newest':
      return await handle(context, newestOfEach(deliveriesOf(open)), tx);
    case 'sequential':
      return await applyInSequence(context, open, tx);
    default:
      throw context.definition.order satisfies never;
  }
}

async function applyInSequence(context: ConsumerContext, items: readonly Item[], tx: Tx): Promise<void> {
  const events = items.map((item) => ({
    item,
    subject: item.envelope.subject,
    sequence: item.envelope.sequence,
  }));
  const subjects = [...new Set(events.map((event) => event.subject))];
  const plan = planSequence(events, await positionsOf(tx, context.name, subjects));
  if (plan.early.length > 0) {
    const early = plan.early.flatMap(({ item, subject, sequence }) => {
      const message = item.messages[0];
      return message === undefined ? [] : [{ subject, sequence, message }];
    });
    await keepWaiting(tx, context.name, early);
    const waiting = await countWaiting(tx, context.name);
    if (waiting > context.settings.maxWaiting) {
      throw new ConsumerStopped(`${waiting} events wait for earlier versions of their aggregates`);
    }
  }
  await handle(context, deliveriesOf(plan.apply.map((event) => event.item)), tx);
  await movePositions(tx, context.name, plan.positions);
}

/** In the order of the items; an event whose type is not read has nothing to handle. */
function deliveriesOf(items: readonly Item[]): Delivery[] {
  return items.flatMap((item) => (item.delivery === null ? [] : [item.delivery]));
}

async function handle(context: ConsumerContext, deliveries: readonly Delivery[], tx: Tx): Promise<void> {
  if (deliveries.length > 0) await context.definition.handle(deliveries, tx, context.platform);
}
