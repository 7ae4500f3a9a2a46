/** The figures of a consumer, for operators and metrics. */
import type { Consumer, ConsumerState } from './consumer.ts';
import type { Counters } from './context.ts';
import { countOpen } from './dead-letters.store.ts';

export interface ConsumerStats extends Readonly<Counters> {
  /** `<service>-<key>` */
  readonly consumer: string;
  readonly order: string;
  readonly state: ConsumerState['is'];
  /** Why it waits or stopped. */
  readonly reason: string | null;
  /** When it stopped, in ISO 8601; null unless it has. */
  readonly stoppedAt: string | null;
  /** Messages of the stream not delivered yet; null while NATS does not answer. */
  readonly pending: number | null;
  /** Delivered to some node, not acknowledged yet. */
  readonly ackPending: number | null;
  /** Of these, delivered more than once. */
  readonly redeliveredPending: number | null;
  /** Events a second on this node, over the last ten seconds. */
  readonly eventsPerSecond: number;
  /** Open dead letters; null while the database does not answer. */
  readonly deadLetters: number | null;
}

/** Asks NATS and the database; a figure is null where they do not answer. Never throws. */
export async function statsOf(consumer: Consumer): Promise<ConsumerStats> {
  const { context, state, durable } = consumer;
  const { bus } = context.platform;
  const info =
    durable === undefined || !bus.connected
      ? null
      : await bus.manager.consumers.info(durable.stream, durable.durable).catch(() => null);
  return {
    consumer: context.name,
    order: context.definition.order,
    state: state.is,
    reason: state.is === 'waiting' || state.is === 'stopped' ? state.reason : null,
    stoppedAt: state.is === 'stopped' ? state.since.toISOString() : null,
    pending: info?.num_pending ?? null,
    ackPending: info?.num_ack_pending ?? null,
    redeliveredPending: info?.num_redelivered ?? null,
    eventsPerSecond: context.rate.perSecond(),
    deadLetters: await countOpen(context.database, context.name).catch(() => null),
    ...context.counters,
  };
}
