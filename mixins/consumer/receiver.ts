/** A subscription to a durable: messages come in bounded numbers, and what was not begun is given back at its end. */
import { ConsumerEvents, type ConsumerMessages } from 'nats';
import type { Bus } from '../bus/bus.ts';
import { within } from './context.ts';
import type { DurableName } from './durable.ts';
import { Gatherer } from './gather.ts';
import { DurableMessage } from './message.ts';
import type { ConsumerSettings } from './settings.ts';

/** A connection that does not answer must not hold up an end, in milliseconds. */
const DRAIN_WITHIN_MS = 1_000;

export interface ReceiverOptions {
  readonly batchSize: number;
  readonly lingerMs: number;
  readonly settings: ConsumerSettings;
}

/** One life of a subscription: `open`, `take` until `endedBecause` is set, `close`. */
export class Receiver {
  readonly #messages: ConsumerMessages;
  readonly #options: ReceiverOptions;
  /** Asks the broker about the durable. */
  readonly #ask: () => Promise<unknown>;
  readonly #gatherer: Gatherer<DurableMessage>;
  readonly #pumped: Promise<void>;
  #endedBecause: string | undefined;
  #received = 0;

  constructor(messages: ConsumerMessages, options: ReceiverOptions, ask: () => Promise<unknown>) {
    this.#messages = messages;
    this.#options = options;
    this.#ask = ask;
    this.#gatherer = new Gatherer(options.batchSize);
    this.#pumped = this.#pump();
    void this.#watch();
  }

  /** Subscribes. Throws when the durable is missing or NATS does not answer. */
  static async open(bus: Bus, name: DurableName, options: ReceiverOptions): Promise<Receiver> {
    const consumer = await bus.jetstream.consumers.get(name.stream, name.durable);
    const messages = await consumer.consume({
      max_messages: options.batchSize,
      expires: options.settings.pullExpiresMs,
    });
    const ask = async () => (bus.connected ? await consumer.info() : undefined);
    return new Receiver(messages, options, ask);
  }

  /** Why it ended by itself; undefined as long as it lives. */
  get endedBecause(): string | undefined {
    return this.#endedBecause;
  }

  /** Messages that arrived since it was opened. */
  get received(): number {
    return this.#received;
  }

  /** What arrived and was not taken yet. */
  get waiting(): readonly DurableMessage[] {
    return this.#gatherer.items;
  }

  /** The next batch; empty when nothing came within `idleMs`, or when it has ended. */
  async take(idleMs: number): Promise<DurableMessage[]> {
    return await this.#gatherer.take(this.#options.batchSize, this.#options.lingerMs, idleMs);
  }

  /** Nothing more is handed out. */
  end(reason: string): void {
    this.#endedBecause ??= reason;
    this.#gatherer.end();
  }

  /** Ends it and gives back what was not taken. */
  async close(): Promise<void> {
    this.end('closed');
    // Draining first takes what is on its way: leaving at once would strand it until the acknowledgement time is over (measured).
    await within(DRAIN_WITHIN_MS, drain(this.#messages)).catch(() => {});
    // Asked about the durable, the server forgets requests that nobody waits behind any more. To such a one it would hand out one of the
    // messages that are given back, to nobody, and that one would be stranded likewise (measured, 2.9.10).
    await within(DRAIN_WITHIN_MS, this.#ask()).catch(() => {});
    this.#gatherer.release();
    this.#messages.stop();
    await within(DRAIN_WITHIN_MS, this.#pumped).catch(() => {});
    for (const message of this.#gatherer.items) message.nak();
  }

  async #pump(): Promise<void> {
    try {
      for await (const message of this.#messages) {
        this.#received += 1;
        await this.#gatherer.push(new DurableMessage(message));
      }
      this.end('the subscription ended');
    } catch (error) {
      this.end(error instanceof Error ? error.message : String(error));
    }
  }

  /** The client goes on asking a durable that is gone for ever; it only tells so here (measured). */
  async #watch(): Promise<void> {
    for await (const { type } of await this.#messages.status()) {
      const gone =
        type === ConsumerEvents.ConsumerDeleted ||
        type === ConsumerEvents.ConsumerNotFound ||
        type === ConsumerEvents.StreamNotFound;
      if (gone) this.end(type.replaceAll('_', ' '));
    }
  }
}

/**
 * Ends interest at the server, then waits for what it sent before. nats.js does this for whole connections only; its subscription
 * is private but has the method, and the iterator ends by itself after it.
 */
async function drain(messages: ConsumerMessages): Promise<void> {
  const { sub } = messages as unknown as { readonly sub?: { drain?(): Promise<void> } };
  await sub?.drain?.();
}
