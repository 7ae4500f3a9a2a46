/** One consumer on one node: keeps a subscription alive and hands batch after batch to be processed, one at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import { readEpoch, type StreamEpoch, skippedIn, watchEpochs } from '../bus/epochs.ts';
import { runOutOfScope } from '../call-scope.ts';
import { messageOf, Outage } from '../outage.ts';
import { seldom } from '../seldom.ts';
import { type ConsumerContext, ConsumerStopped, within } from './context.ts';
import type { DurableName } from './durable.ts';
import { prepareDurable } from './follow-epoch.ts';
import type { Message } from './message.ts';
import { processBatch } from './process.ts';
import { Receiver } from './receiver.ts';
import { isDatabaseThere } from './retry.ts';
import { backOffMs } from './settings.ts';
import { RateMeter } from './stats.ts';

/** Pause between two looks at what is away (NATS, the database), in milliseconds. */
const LOOK_AGAIN_MS = 250;

export type ConsumerState =
  /** Not started, or closed by its service. */
  | { readonly is: 'closed' }
  /** NATS, the stream or the database is away or just coming back. */
  | { readonly is: 'waiting'; readonly reason: string }
  | { readonly is: 'running' }
  /** Stopped itself; needs an operator. The alarm. */
  | { readonly is: 'stopped'; readonly reason: string; readonly since: Date };

/** Goes on for ever: what is away is waited for. Only what needs an operator (`stopped`) ends it, and `resume` starts it again. */
export class Consumer {
  readonly context: ConsumerContext;
  readonly rate = new RateMeter();
  readonly #lingerMs: number;
  readonly #ending: AbortController;
  #state: ConsumerState = { is: 'closed' };
  #receiver: Receiver | undefined;
  #durable: DurableName | undefined;
  #run: Promise<void> | undefined;
  #inHand: readonly Message[] = [];
  #epoch: number | undefined;
  #resuming = false;
  #unwatch: (() => void)[] = [];
  readonly #outage: Outage;
  readonly #warnSeldom: (text: string) => void;

  /** `ending` must be the controller of `context.ending`. */
  constructor(context: ConsumerContext, ending: AbortController, lingerMs: number) {
    this.context = context;
    this.#ending = ending;
    this.#lingerMs = lingerMs;
    this.#outage = new Outage(`${context.name}: waits`, context.logger);
    this.#warnSeldom = seldom((text) => context.logger.warn(text));
  }

  get state(): ConsumerState {
    return this.#state;
  }

  /** The durable at the broker; undefined before the stream was found. */
  get durable(): DurableName | undefined {
    return this.#durable;
  }

  /** Starts in the background: NATS and the database may be away. A consumer that had stopped itself goes on. */
  start(): void {
    if (this.#ending.signal.aborted || this.#state.is === 'running' || this.#state.is === 'waiting') return;
    this.#state = { is: 'waiting', reason: 'starting' };
    this.context.startedAt = Date.now();
    // An operator's call that resumes it ends, and its deadline passes; the consumer goes on.
    this.#run = runOutOfScope(() => this.#loop()).finally(() => {
      for (const unwatch of this.#unwatch.splice(0)) unwatch();
    });
  }

  /**
   * Lets it go on after its alarm, for an operator: `told` is called first with why it had stopped, and where that fails it stays stopped. False:
   * it is not stopped, or somebody else resumes it at this moment.
   */
  async resume(told: (reason: string) => Promise<void>): Promise<boolean> {
    if (this.#state.is !== 'stopped' || this.#resuming) return false;
    this.#resuming = true;
    try {
      await told(this.#state.reason);
    } finally {
      this.#resuming = false;
    }
    this.start();
    return true;
  }

  /** Gives back what was not begun, and waits for the batch in hand, for a bounded time. */
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
    let failures = 0;
    this.#watchEpochs();
    while (!ending.aborted) {
      try {
        await this.#untilDatabaseIsThere();
        if (ending.aborted) return;
        await this.#serve();
        failures = 0;
      } catch (error) {
        if (error instanceof ConsumerStopped) {
          this.#raiseAlarm(error.message);
          return;
        }
        failures += 1;
        this.#state = { is: 'waiting', reason: messageOf(error) };
        if (!ending.aborted) this.#outage.failed(error);
        await this.#pause(backOffMs(failures));
      }
    }
  }

  /** Said once in full, then called to mind until somebody resumes or stops it: events wait meanwhile. */
  #raiseAlarm(reason: string): void {
    const { name, logger, ending, wayOn, settings } = this.context;
    const alarm: ConsumerState = { is: 'stopped', reason, since: new Date() };
    this.#state = alarm;
    logger.fatal(`${name} stopped: ${reason}. ${wayOn}`);
    const timer = setInterval(() => {
      if (this.#state !== alarm || ending.aborted) clearInterval(timer);
      else logger.fatal(`${name} is still stopped, since ${alarm.since.toISOString()}. ${wayOn}`);
    }, settings.remindEveryMs);
    timer.unref();
  }

  /** The life of one subscription. Returns when it ended, throws when a batch could not be processed. */
  async #serve(): Promise<void> {
    const { context } = this;
    const { platform, settings } = context;
    const stream = await platform.bus.ensureStream(context.definition.stream);
    this.#durable = { stream, durable: context.name };
    this.#epoch = await prepareDurable(context, this.#durable);
    const { batchSize } = context;
    const receiver = await Receiver.open(platform.bus, this.#durable, {
      batchSize,
      lingerMs: this.#lingerMs,
      settings,
    });
    this.#receiver = receiver;
    if (context.ending.aborted) receiver.end('the service stops');
    const keepAlive = setInterval(() => this.#stillWorking(), settings.ackWaitMs / 3);
    try {
      this.#state = { is: 'running' };
      while (receiver.endedBecause === undefined) {
        await this.#turn(receiver);
        this.#outage.over();
      }
      if (!context.ending.aborted)
        this.#warnSeldom(`${context.name}: subscribes again: ${receiver.endedBecause}`);
    } finally {
      clearInterval(keepAlive);
      this.#receiver = undefined;
      await receiver.close();
    }
  }

  /** One batch, or a look around when none came. */
  async #turn(receiver: Receiver): Promise<void> {
    const { settings } = this.context;
    const batch = await receiver.take(settings.watchdogMs);
    if (batch.length > 0) return await this.#process(batch);
    if (receiver.endedBecause !== undefined) return;
    if (await this.#isStalled(receiver)) receiver.end(`nothing came in ${settings.watchdogMs} ms`);
  }

  async #process(batch: readonly Message[]): Promise<void> {
    this.#inHand = batch;
    const before = this.context.counters.handled;
    try {
      await processBatch(this.context, batch);
    } finally {
      this.rate.add(this.context.counters.handled - before);
      this.#inHand = [];
      // After success nothing is left; after a failure what it left goes back.
      for (const message of batch) if (!message.settled) message.nak(this.context.settings.giveBackDelayMs);
    }
  }

  /** Connected but not served: a known class of faults of client and server, which a new subscription ends. */
  async #isStalled(receiver: Receiver): Promise<boolean> {
    const { bus } = this.context.platform;
    if (this.#durable === undefined || !bus.connected) return false;
    const received = receiver.received;
    const { num_pending } = await bus.manager.consumers.info(this.#durable.stream, this.#durable.durable);
    return num_pending > 0 && receiver.received === received && receiver.waiting.length === 0;
  }

  /** A batch that takes long, and what waits behind it, stays this node's. */
  #stillWorking(): void {
    for (const message of this.#inHand) if (!message.settled) message.working();
    for (const message of this.#receiver?.waiting ?? []) message.working();
  }

  async #untilDatabaseIsThere(): Promise<void> {
    while (!this.#ending.signal.aborted && !(await isDatabaseThere(this.context))) {
      this.#state = { is: 'waiting', reason: 'the database does not answer' };
      this.#outage.failed('the database does not answer');
      await this.#pause(LOOK_AGAIN_MS);
    }
  }

  #watchEpochs(): void {
    const { platform, definition } = this.context;
    const look = (stream: StreamEpoch) => {
      const { epoch } = stream;
      this.context.skipped = skippedIn(stream);
      if (this.#epoch !== undefined && epoch !== this.#epoch) this.#receiver?.end(`epoch ${epoch}`);
    };
    const { name, logger } = this.context;
    const onError = (error: unknown) =>
      this.#warnSeldom(`${name}: the epoch of its stream could not be read: ${messageOf(error)}`);
    const watch = watchEpochs(
      platform.bus,
      (service, epoch) => {
        if (service === definition.stream) look(epoch);
      },
      logger,
    );
    watch.catch(onError);
    const stopReconnect = platform.bus.onReconnect(() => {
      readEpoch(platform.bus, definition.stream).then(look, onError);
    });
    this.#unwatch.push(stopReconnect, () => {
      watch.then((unwatch) => unwatch()).catch(onError);
    });
  }

  async #pause(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#ending.signal }).catch(() => {});
  }
}
