/** One consumer on one node: keeps a subscription alive and processes one batch after another. */
import { setTimeout as delay } from 'node:timers/promises';
import { runOutOfScope } from '#mixins/call-scope.ts';
import { Outage } from '#mixins/outage.ts';
import { messageOf } from '#schemas/text.ts';
import { type ConsumerContext, type ConsumerParts, contextOf } from './context.ts';
import { type DurableName, prepareDurable, watchEpoch } from './durable.ts';
import type { Message } from './message.ts';
import { processBatch } from './process.ts';
import { Receiver } from './receiver.ts';
import { ConsumerStopped, isDatabaseThere, pauseMs, within } from './retry.ts';

/** Pause between two probes of a database that is away, in milliseconds. */
const PROBE_EVERY_MS = 250;

export type ConsumerState =
  /** Not started, or closed by its service. */
  | { readonly is: 'closed' }
  /** NATS, the stream or the database is away or just coming back. */
  | { readonly is: 'waiting'; readonly reason: string }
  | { readonly is: 'running' }
  /** Stopped itself; needs an operator. The alarm. */
  | { readonly is: 'stopped'; readonly reason: string; readonly since: Date };

/**
 * Waits for servers that are away. Only a bug ends it (`stopped`), until an operator resumes it.
 */
export class Consumer {
  readonly context: ConsumerContext;
  readonly #ending = new AbortController();
  readonly #outage: Outage;
  #state: ConsumerState = { is: 'closed' };
  #run: Promise<void> | undefined;
  #durable: DurableName | undefined;
  #epoch: number | undefined;
  #receiver: Receiver | undefined;
  #batch: readonly Message[] = [];
  #resuming = false;

  /** Throws a RangeError when the definition exceeds a bound. */
  constructor(parts: ConsumerParts) {
    this.context = contextOf(parts, this.#ending.signal);
    const { name, logger } = this.context;
    this.#outage = new Outage(`${name}: waits`, logger);
  }

  get state(): ConsumerState {
    return this.#state;
  }

  /** The durable at the broker; undefined before the stream was found. */
  get durable(): DurableName | undefined {
    return this.#durable;
  }

  /** Starts, or continues a stopped consumer. Does not wait for NATS or the database. */
  start(): void {
    if (this.#ending.signal.aborted || this.#state.is === 'running' || this.#state.is === 'waiting') return;
    this.#state = { is: 'waiting', reason: 'starting' };
    this.context.startedAt = Date.now();
    // The deadline of an operator's call that resumes it must not end the consumer.
    this.#run = runOutOfScope(() => this.#loop());
  }

  /**
   * Resumes a stopped consumer, for an operator. `onResume` is called first with the reason of the
   * stop; if it throws, the consumer stays stopped. Returns false where it is not stopped, or
   * another call resumes it right now.
   */
  async resume(onResume: (reason: string) => Promise<void>): Promise<boolean> {
    if (this.#state.is !== 'stopped' || this.#resuming) return false;
    this.#resuming = true;
    try {
      await onResume(this.#state.reason);
    } finally {
      this.#resuming = false;
    }
    this.start();
    return true;
  }

  /** Returns messages that were not begun, and waits a bounded time for the batch at work. */
  async stop(): Promise<void> {
    this.#ending.abort();
    this.#receiver?.end('the service stops');
    try {
      await within(this.context.settings.stopWithinMs, this.#run ?? Promise.resolve());
    } catch {
      this.context.logger.warn(
        `${this.context.name}: stopped while a batch was still in work; it comes again`,
      );
    }
    this.#state = { is: 'closed' };
  }

  async #loop(): Promise<void> {
    const { ending } = this.context;
    const unwatch = watchEpoch(this.context, (epoch) => this.#onEpoch(epoch));
    let failures = 0;
    try {
      while (!ending.aborted) {
        try {
          await this.#untilDatabaseIsThere();
          if (ending.aborted) return;
          await this.#serve();
          failures = 0;
        } catch (error) {
          if (error instanceof ConsumerStopped) return this.#raiseAlarm(error.message);
          failures += 1;
          this.#state = { is: 'waiting', reason: messageOf(error) };
          if (!ending.aborted) this.#outage.failed(error);
          await this.#pause(pauseMs(failures));
        }
      }
    } finally {
      unwatch();
    }
  }

  async #untilDatabaseIsThere(): Promise<void> {
    while (!this.#ending.signal.aborted && !(await isDatabaseThere(this.context))) {
      this.#state = { is: 'waiting', reason: 'the database does not answer' };
      this.#outage.failed('the database does not answer');
      await this.#pause(PROBE_EVERY_MS);
    }
  }

  /** One subscription. Returns when it ended; throws when a batch could not be processed. */
  async #serve(): Promise<void> {
    const { context } = this;
    const stream = await context.platform.bus.ensureStream(context.definition.stream);
    this.#durable = { stream, durable: context.name };
    this.#epoch = await prepareDurable(context, this.#durable);
    const receiver = await Receiver.open(context, this.#durable);
    this.#receiver = receiver;
    if (context.ending.aborted) receiver.end('the service stops');
    const keepAlive = setInterval(() => this.#extendAckTime(), context.settings.ackWaitMs / 3);
    try {
      this.#state = { is: 'running' };
      while (receiver.endedBecause === undefined) {
        await this.#processNext(receiver);
        this.#outage.over();
      }
      if (!context.ending.aborted) {
        context.warnThrottled(`${context.name}: subscribes again: ${receiver.endedBecause}`);
      }
    } finally {
      clearInterval(keepAlive);
      this.#receiver = undefined;
      await receiver.close();
    }
  }

  /** Processes a batch. If none arrives, checks the subscription. */
  async #processNext(receiver: Receiver): Promise<void> {
    const { watchdogMs, giveBackDelayMs } = this.context.settings;
    const batch = await receiver.take(watchdogMs);
    if (batch.length === 0) {
      if (receiver.endedBecause !== undefined) return;
      if (await receiver.isStalled()) receiver.end(`nothing came in ${watchdogMs} ms`);
      return;
    }
    this.#batch = batch;
    try {
      await processBatch(this.context, batch);
    } finally {
      this.#batch = [];
      // None is left after a success. After a failure the rest goes back.
      for (const message of batch) if (!message.settled) message.nak(giveBackDelayMs);
    }
  }

  /** Keeps the broker from delivering a long batch, and the messages behind it, to another node. */
  #extendAckTime(): void {
    for (const message of this.#batch) if (!message.settled) message.working();
    for (const message of this.#receiver?.waiting ?? []) message.working();
  }

  /** A new epoch needs a new durable, which a new subscription prepares. */
  #onEpoch(epoch: number): void {
    if (this.#epoch !== undefined && epoch !== this.#epoch) this.#receiver?.end(`epoch ${epoch}`);
  }

  /**
   * Logs the stop in full, then reminds of it until the consumer is resumed or closed: events wait
   * meanwhile.
   */
  #raiseAlarm(reason: string): void {
    const { name, logger, ending, hint, settings } = this.context;
    const alarm: ConsumerState = { is: 'stopped', reason, since: new Date() };
    this.#state = alarm;
    logger.fatal(`${name} stopped: ${reason}. ${hint}`);
    const timer = setInterval(() => {
      if (this.#state !== alarm || ending.aborted) clearInterval(timer);
      else logger.fatal(`${name} is still stopped, since ${alarm.since.toISOString()}. ${hint}`);
    }, settings.remindEveryMs);
    timer.unref();
  }

  async #pause(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#ending.signal }).catch(() => {});
  }
}
