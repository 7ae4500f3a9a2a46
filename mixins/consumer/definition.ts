/** How a service declares what it consumes, and the limits of every consumer. */
import type { Tx } from '#mixins/database/database.ts';
import type { Platform } from '#mixins/platform.ts';
import type { Cause, Envelope } from '#schemas/envelope.ts';
import type { EventContract, EventData } from '#schemas/event.ts';
import type { Product } from '../../product.ts';

/** An event that arrived, decoded. A union of these is discriminated by `type`. */
export type Delivery<C extends EventContract = EventContract> = C extends EventContract
  ? Omit<Envelope, 'type'> & {
      readonly type: C['type'];
      /** `ce-subject` without the aggregate. */
      readonly aggregateId: string;
      /**
       * Its sequence in the stream. It rises in the order of publishing, unless the stream lost its
       * tail. Deliveries made by tests may lack it.
       */
      readonly streamSequence?: number;
      readonly data: EventData<C>;
    }
  : never;

/**
 * - `keyed`: effects commute and each has a unique business key; any order, any number of times.
 * - `newest`: a newer version of an aggregate replaces an older one; gaps do not matter.
 */
export type Order = 'keyed' | 'newest';

export interface ConsumerDefinition<C extends EventContract = EventContract> {
  /** The stream, by the name of the service that owns it, such as `parrots`. */
  readonly stream: string;
  readonly order: Order;
  /**
   * The contracts that it reads. Events of other types are acknowledged unread. `all`: every type,
   * also future ones, decoded by their writers' schemas.
   */
  readonly reads: readonly C[] | 'all';
  /**
   * The use case. Applies a batch in the given transaction: never empty, at most `batchSize`
   * deliveries, one per event (order `newest`: one per aggregate). It must not write outside of the
   * transaction, and not call across the network. An error rolls back the whole batch.
   */
  handle(batch: readonly Delivery<C>[], tx: Tx, platform: Platform): Promise<void>;
  /**
   * Most events in a batch, 1..5000. Default 500: a higher value does not raise the rate
   * (measured).
   */
  readonly batchSize?: number;
  /**
   * How long a batch waits for more events after the first, in milliseconds, 0..1000. Default 5.
   */
  readonly lingerMs?: number;
  /**
   * Shortest time from one batch to the next that is not full, in milliseconds, 0..1000. Default 0.
   * Under load, events that nobody waits for then share larger batches. The first event after a
   * pause does not wait.
   */
  readonly everyMs?: number;
}

/** Declares a consumer; its durable is `<service>-<key in the service's consumers>`. */
export function defineConsumer<const C extends EventContract>(
  definition: ConsumerDefinition<C>,
): ConsumerDefinition<C> {
  return definition;
}

/**
 * Without the consumers that read streams of services of other products: there are no such streams.
 */
export function consumersIn(
  { foreign }: Product,
  consumers: Readonly<Record<string, ConsumerDefinition>>,
): Record<string, ConsumerDefinition> {
  return Object.fromEntries(Object.entries(consumers).filter(([, { stream }]) => !foreign.has(stream)));
}

/**
 * The cause of an event that follows from a delivery: the same correlation, the delivery as its
 * cause.
 */
export function causedBy(delivery: Envelope | Delivery): Cause {
  return {
    actorId: delivery.actorId,
    actorAddress: delivery.actorAddress,
    correlationId: delivery.correlationId,
    causationId: delivery.id,
    traceparent: delivery.traceparent,
  };
}

/**
 * The limits of every consumer. Services do not change them; tests shorten them. Times are in
 * milliseconds.
 */
export type ConsumerSettings = Readonly<Record<keyof typeof DEFAULT_SETTINGS, number>>;

export const DEFAULT_SETTINGS = {
  /** Time without an acknowledgement after which the broker delivers again, 1,000..60,000. */
  ackWaitMs: 10_000,
  /**
   * Longest transaction of a batch, below `ackWaitMs`. A longer one is rolled back and repeated.
   */
  batchDeadlineMs: 8_000,
  /**
   * Unacknowledged messages of the durable, on all nodes, with delayed ones. With the broker's
   * 1,000, a thousand delayed events block all others (measured).
   */
  maxAckPending: 50_000,
  /** How long a node repeats a failed batch before it returns it to the broker. */
  retryForMs: 5_000,
  /**
   * Delay of a returned batch, at least 100: nats-server 2.9.10 treats 10 as the whole
   * acknowledgement time (measured).
   */
  giveBackDelayMs: 1_000,
  /** Longest delay of one event that can't be handled yet: unknown schema, lone attempts. */
  maxDelayMs: 60_000,
  /**
   * Deliveries after which an event is dead-lettered whose schema is missing in the registry, while
   * that answers. With the growing delays, a quarter of an hour.
   */
  maxUnreadableDeliveries: 20,
  /**
   * Deliveries after which an event is handled alone. Fewer would slow down every restart, more
   * would let a killer take longer.
   */
  loneAfterDeliveries: 3,
  /** Lone attempts without a trace of an end, after which the event counts as a killer. */
  maxLoneAttempts: 3,
  /**
   * Unique violations in a row of a batch, and then of an event alone, that do not count as a bug.
   */
  maxUniqueViolations: 5,
  /** Dead letters of a minute, on all nodes. One more stops the consumer: that is a bug. */
  maxSetAsidePerMinute: 100,
  /** Time without a message, although some are pending, after which it subscribes again. */
  watchdogMs: 10_000,
  /** Life of a pull request at the broker, at least 1,000. It limits the harm of a lost one. */
  pullExpiresMs: 5_000,
  /** Interval of the reminders of a stopped consumer. */
  remindEveryMs: 600_000,
  /**
   * How long a stop waits for the current batch. Below Moleculer's time limit of a shutdown.
   */
  stopWithinMs: 8_000,
};
