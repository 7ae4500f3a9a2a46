/** How a service declares what it consumes. */

import type { Product } from '../../product.ts';
import type { Cause, Envelope } from '../../schemas/envelope.ts';
import type { EventContract, EventData } from '../../schemas/event.ts';
import type { Tx } from '../database/database.ts';
import type { Platform } from '../platform.ts';

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
  /** The stream, by the name of the service that owns it, such as `tasks`. */
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
