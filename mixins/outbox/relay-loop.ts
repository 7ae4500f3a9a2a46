/** Runs the passes of a relay. Commits of this node, other nodes and reconnects to NATS wake it. */
import { type StreamEpoch, watchEpochs } from '#mixins/bus/epochs.ts';
import { Loop } from '#mixins/loops/loop.ts';
import type { Pass, Progress } from '#mixins/loops/progress.ts';
import { Outage } from '#mixins/outage.ts';
import { appended } from './append.ts';
import { Listener } from './listener.ts';
import { Relay, type RelayOptions } from './relay.ts';

/** Least time from pass to pass without a backlog, in milliseconds: many commits share one pass. */
const PASS_EVERY_MS = 10;

/** One for each service and node. Of those of a service, one works at a time (relay.ts). */
export class RelayLoop {
  readonly name = 'outbox';
  readonly stopsLast = true;
  readonly #options: RelayOptions;
  readonly #relay: Relay;
  readonly #loop: Loop;
  readonly #listener: Listener;
  readonly #ends: (() => unknown)[] = [];
  /** This node has appended events since the last pass began. */
  #appended = false;
  /** The last pass failed. */
  #isFailing = false;
  #published = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#relay = new Relay(options);
    this.#loop = new Loop({
      name: this.name,
      runOnce: () => this.#runOnce(),
      outage: new Outage("The outbox can't be published", options.log),
      passEveryMs: PASS_EVERY_MS,
    });
    this.#listener = new Listener(options.database, () => this.wake());
  }

  get progress(): Progress {
    return this.#loop.progress;
  }

  /** Events that were published since it was made. */
  get published(): number {
    return this.#published;
  }

  /** Streams that took no events at the last attempt. */
  get failing(): readonly string[] {
    return this.#relay.failing;
  }

  /** Does not wait for NATS or PostgreSQL. */
  start(): void {
    const { bus, database, log } = this.#options;
    const endAppended = appended.of(database).listen(() => {
      this.#appended = true;
      this.wake();
    });
    const endReconnect = bus.onReconnect(() => {
      this.#isFailing = false;
      this.wake();
    });
    const onEpoch = (stream: string, { ahead }: StreamEpoch) => {
      this.#relay.distrust(stream);
      if (ahead?.[database.service] !== undefined) this.#relay.noted(stream);
      this.wake();
    };
    const watching = watchEpochs(bus, onEpoch, log);
    this.#ends.push(endAppended, endReconnect, () => watching.then((end) => end()));
    this.#listener.start();
    this.#loop.start();
  }

  /** There may be something to publish. Cheap; may be called for every commit. */
  wake(): void {
    // Commits must not cut the pause after a failure short.
    if (!this.#isFailing) this.#loop.wake();
  }

  /** Finishes the current pass, which takes some four seconds at most. */
  async stop(): Promise<void> {
    const stopped = this.#loop.stop();
    for (const end of this.#ends) await end();
    await this.#listener.stop();
    await stopped;
    this.#relay.close();
  }

  async #runOnce(): Promise<Pass> {
    const appended = this.#appended;
    this.#appended = false;
    this.#isFailing = false;
    const { state, more, published } = await this.#relay.pass().catch((error) => {
      this.#isFailing = true;
      throw error;
    });
    this.#published += published;
    // The relay that works may have read the outbox before our commit.
    if (state === 'standby' && appended) this.#listener.notify();
    if (state === 'away') return { blocked: 'NATS is away' };
    const { failing } = this;
    if (failing.length === 0) return more;
    // Also while other streams take their events.
    return { blocked: `No events are taken by the stream of ${failing.join(', ')}`, more };
  }
}
