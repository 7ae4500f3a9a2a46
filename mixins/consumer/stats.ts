/** What operators and metrics are told of a consumer. */
import type { Consumer, ConsumerState } from './consumer.ts';
import type { Counters } from './context.ts';
import { countOpen } from './dead-letters.store.ts';

/** Seconds that a rate is averaged over. */
const RATE_SECONDS = 10;

/** Counts in slots of a second; the rate is the mean of the last whole ones. */
export class RateMeter {
  readonly #slots = new Map<number, number>();

  add(count: number, now = Date.now()): void {
    const second = Math.floor(now / 1_000);
    this.#slots.set(second, (this.#slots.get(second) ?? 0) + count);
    for (const old of this.#slots.keys()) if (old < second - RATE_SECONDS) this.#slots.delete(old);
  }

  perSecond(now = Date.now()): number {
    const second = Math.floor(now / 1_000);
    let sum = 0;
    for (const [slot, count] of this.#slots) if (slot >= second - RATE_SECONDS && slot < second) sum += count;
    return sum / RATE_SECONDS;
  }
}

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
  /** Open letters; null while the database does not answer. */
  readonly deadLetters: number | null;
}

/** The figures of a consumer on this node. Null where NATS or the database, which are asked, do not answer. Never throws. */
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
    eventsPerSecond: consumer.rate.perSecond(),
    deadLetters: await countOpen(context.database, context.name).catch(() => null),
    ...context.counters,
  };
}
