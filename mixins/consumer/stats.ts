/** The figures of a consumer, for operators and metrics. */
import type { Consumer } from './consumer.ts';
import { countOpen } from './dead-letters.store.ts';

export type ConsumerStats = Awaited<ReturnType<typeof statsOf>>;

/** Asks NATS and the database; a figure is null where they do not answer. Never throws. */
export async function statsOf(consumer: Consumer) {
  const { context } = consumer;
  return {
    ...(await runningOf(consumer)),
    /** Open dead letters; null while the database does not answer. */
    deadLetters: await countOpen(context.database, context.name).catch(() => null),
  };
}

/** As `statsOf`, without the database. */
export async function runningOf(consumer: Consumer) {
  const { context, state, durable } = consumer;
  const { bus } = context.platform;
  const info =
    durable === undefined || !bus.connected
      ? null
      : await bus.manager.consumers.info(durable.stream, durable.durable).catch(() => null);
  return {
    /** `<service>-<key>` */
    consumer: context.name,
    order: context.definition.order,
    state: state.is,
    /** Why it waits or stopped. */
    reason: state.is === 'waiting' || state.is === 'stopped' ? state.reason : null,
    /** When it stopped, in ISO 8601; null unless it has. */
    stoppedAt: state.is === 'stopped' ? state.since.toISOString() : null,
    /** Messages of the stream not delivered yet; null while NATS does not answer. */
    pending: info?.num_pending ?? null,
    /** Delivered to some node, not acknowledged yet. */
    ackPending: info?.num_ack_pending ?? null,
    /** Of these, delivered more than once. */
    redeliveredPending: info?.num_redelivered ?? null,
    /** Events a second on this node, over the last ten seconds. */
    eventsPerSecond: context.rate.perSecond(),
    ...context.counters,
  };
}
