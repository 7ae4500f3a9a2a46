/** A durable in memory. It delivers given events in any order, and records acknowledgements. */
import type { Message } from '#mixins/consumer/message.ts';
import type { EncodedEvent } from './encode.ts';

/** A message that a node received. Acknowledgements of a dead node have no effect. */
export interface MemoryMessage extends Message {
  readonly event: EncodedEvent;
}

export class MemoryDurable {
  readonly events: readonly EncodedEvent[];
  readonly #deliveries = new Map<EncodedEvent, number>();
  readonly #acknowledged = new Set<EncodedEvent>();
  readonly #positions: ReadonlyMap<EncodedEvent, number>;
  readonly #namespace: string;

  constructor(events: readonly EncodedEvent[], namespace: string) {
    this.events = events;
    this.#positions = new Map(events.map((event, index) => [event, index + 1]));
    this.#namespace = namespace;
  }

  get unacknowledged(): readonly EncodedEvent[] {
    return this.events.filter((event) => !this.#acknowledged.has(event));
  }

  /** Forgets acknowledgements, as a broker that was killed does. */
  forget(events: readonly EncodedEvent[] = this.events): void {
    for (const event of events) this.#acknowledged.delete(event);
  }

  /** Delivers in the given order. `isHeard` false: the node is dead. */
  deliver(events: readonly EncodedEvent[], isHeard: () => boolean): MemoryMessage[] {
    return events.map((event) => {
      const deliveries = (this.#deliveries.get(event) ?? 0) + 1;
      this.#deliveries.set(event, deliveries);
      let settled = false;
      return {
        event,
        subject: `${this.#namespace}.${event.type}`,
        stream: 'memory',
        streamSequence: this.#positions.get(event) ?? 0,
        data: event.payload,
        parts: new Map(),
        deliveries,
        get settled() {
          return settled;
        },
        header: (name) => event.headers[name],
        headers: () => event.headers,
        ack: () => {
          settled = true;
          if (isHeard()) this.#acknowledged.add(event);
        },
        nak: () => {
          settled = true;
        },
        working: () => {},
      };
    });
  }
}
