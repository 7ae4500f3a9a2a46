/**
 * A subscription to a durable: bounded numbers of messages, in batches. Its end returns messages
 * that were not begun.
 */
import { ConsumerEvents, type ConsumerInfo, type ConsumerMessages } from 'nats';
import { messageOf } from '#schemas/text.ts';
import { BatchBuffer } from './batch-buffer.ts';
import type { ConsumerContext } from './context.ts';
import type { DurableName } from './durable.ts';
import { DurableMessage } from './message.ts';
import { recentMessagesOf } from './recent.ts';
import { within } from './retry.ts';

/** A connection that does not answer must not delay an end for longer, in milliseconds. */
const DRAIN_WITHIN_MS = 1_000;

/** One subscription: `open`, `take` until `endedBecause` is set, `close`. */
export class Receiver {
  readonly #context: ConsumerContext;
  readonly #messages: ConsumerMessages;
  /** Asks the broker about the durable; undefined while NATS is away. */
  readonly #ask: () => Promise<ConsumerInfo | undefined>;
  readonly #buffer: BatchBuffer<DurableMessage>;
  readonly #pumped: Promise<void>;
  #endedBecause: string | undefined;
  #received = 0;
  /** When the next batch may begin unless it is full, in milliseconds of `performance.now()`. */
  #nextAt = 0;

  private constructor(
    context: ConsumerContext,
    messages: ConsumerMessages,
    ask: () => Promise<ConsumerInfo | undefined>,
  ) {
    this.#context = context;
    this.#messages = messages;
    this.#ask = ask;
    this.#buffer = new BatchBuffer(context.batchSize);
    this.#pumped = this.#pump();
    void this.#watch();
  }

  /** Subscribes. Throws when the durable is missing or NATS does not answer. */
  static async open(context: ConsumerContext, { stream, durable }: DurableName): Promise<Receiver> {
    const { bus } = context.platform;
    const consumer = await bus.jetstream.consumers.get(stream, durable);
    const messages = await consumer.consume({
      max_messages: context.batchSize,
      expires: context.settings.pullExpiresMs,
    });
    const ask = async () => (bus.connected ? await consumer.info() : undefined);
    return new Receiver(context, messages, ask);
  }

  /** Why it ended; undefined before. */
  get endedBecause(): string | undefined {
    return this.#endedBecause;
  }

  /** Messages that arrived and were not taken. */
  get waiting(): readonly DurableMessage[] {
    return this.#buffer.items;
  }

  /** The next batch; empty when no message arrives within `idleMs`, or after the end. */
  async take(idleMs: number): Promise<DurableMessage[]> {
    const { batchSize, lingerMs, everyMs } = this.#context;
    const batch = await this.#buffer.take(batchSize, lingerMs, idleMs, this.#nextAt);
    if (batch.length > 0) this.#nextAt = performance.now() + everyMs;
    return batch;
  }

  /**
   * Whether the broker has messages but sends none: a known class of faults of client and server,
   * which a new subscription ends. Throws when NATS does not answer.
   */
  async isStalled(): Promise<boolean> {
    const received = this.#received;
    const info = await this.#ask();
    if (info === undefined || info.num_pending === 0) return false;
    return this.#received === received && this.waiting.length === 0;
  }

  /** Hands out no more messages. */
  end(reason: string): void {
    this.#endedBecause ??= reason;
    this.#buffer.end();
  }

  /** Ends it and returns messages that were not taken. */
  async close(): Promise<void> {
    this.end('closed');
    // Draining receives messages on their way. Without it they wait for the acknowledgement time to
    // end (measured).
    await within(DRAIN_WITHIN_MS, drain(this.#messages)).catch(() => {});
    // Asked about the durable, the server forgets pull requests without a subscriber. Otherwise it
    // sends a returned message to such a request, where it waits likewise (measured, 2.9.10).
    await within(DRAIN_WITHIN_MS, this.#ask()).catch(() => {});
    this.#buffer.release();
    this.#messages.stop();
    await within(DRAIN_WITHIN_MS, this.#pumped).catch(() => {});
    for (const message of this.#buffer.items) message.nak();
  }

  async #pump(): Promise<void> {
    try {
      const { decoder, platform } = this.#context;
      const recent = recentMessagesOf(platform.bus);
      for await (const arrived of this.#messages) {
        this.#received += 1;
        const message = new DurableMessage(arrived, recent);
        // The message remembers it. So a batch is read while PostgreSQL works on the one before, and
        // does not block the thread at once.
        void decoder.decode(message);
        const full = this.#buffer.push(message);
        if (full !== undefined) await full;
      }
      this.end('the subscription ended');
    } catch (error) {
      this.end(messageOf(error));
    }
  }

  /**
   * Ends it when the durable is gone. The client would ask for ever; it says so only here
   * (measured).
   */
  async #watch(): Promise<void> {
    for await (const { type } of await this.#messages.status()) {
      const isGone =
        type === ConsumerEvents.ConsumerDeleted ||
        type === ConsumerEvents.ConsumerNotFound ||
        type === ConsumerEvents.StreamNotFound;
      if (isGone) this.end(type.replaceAll('_', ' '));
    }
  }
}

/**
 * Ends interest at the server, then waits for messages that it sent before. nats.js offers this for
 * whole connections only. Its subscription is private but has the method; the iterator then ends.
 */
async function drain(messages: ConsumerMessages): Promise<void> {
  const { sub } = messages as ConsumerMessages & { readonly sub?: { drain?(): Promise<void> } };
  await sub?.drain?.();
}
