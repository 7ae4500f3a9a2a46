/**
 * Runs the passes of a relay. Commits of this node, other nodes and reconnects to NATS wake it; a
 * short poll is the fallback.
 */
import { messageOf } from '../../schemas/text.ts';
import { backOff } from '../back-off.ts';
import { watchEpochs } from '../bus/epochs.ts';
import { Progress } from '../loops/progress.ts';
import { Outage } from '../outage.ts';
import { onAppended } from './append.ts';
import { Listener } from './listener.ts';
import { Relay, type RelayOptions, type Pass as RelayPass } from './relay.ts';

/** Poll of an idle relay, in milliseconds: the first after work, then doubled up to the last. */
const FIRST_POLL_MS = 250;
const LAST_POLL_MS = 1_000;
/** Least time from pass to pass without a backlog, in milliseconds: many commits share one pass. */
const PASS_EVERY_MS = 10;
/** First and longest pause after a pass that failed, in milliseconds. */
const FIRST_BACK_OFF_MS = 250;
const LAST_BACK_OFF_MS = 5_000;

/** One for each service and node. Of those of a service, one works at a time (relay.ts). */
export class RelayLoop {
  readonly name = 'outbox';
  readonly progress = new Progress();
  readonly relay: Relay;
  readonly #options: RelayOptions;
  readonly #listener: Listener;
  readonly #outage: Outage;
  readonly #ends: (() => unknown)[] = [];
  #running: Promise<void> | undefined;
  #stopping = false;
  /** There may be new events since the last pass began. */
  #woken = false;
  /** This node has appended events since the last pass began. */
  #appended = false;
  #failures = 0;
  #interrupt = () => {};

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#outage = new Outage("The outbox can't be published", options.log);
    this.relay = new Relay(options);
    this.#listener = new Listener(options.database.sequelize, () => this.wake());
  }

  /** Does not wait for NATS or PostgreSQL. */
  start(): void {
    const { bus, database, log } = this.#options;
    this.#ends.push(
      onAppended(database, () => {
        this.#appended = true;
        this.wake();
      }),
    );
    this.#ends.push(bus.onReconnect(() => this.#resume()));
    this.#listener.start();
    const watching = watchEpochs(
      bus,
      (service) => {
        this.relay.distrust(service);
        this.wake();
      },
      log,
    );
    this.#ends.push(() => watching.then((end) => end()));
    this.#running = this.#run();
  }

  /** There may be something to publish. Cheap; may be called for every commit. */
  wake(): void {
    this.#woken = true;
    // A relay in its back-off continues to wait.
    if (this.#failures === 0) this.#interrupt();
  }

  /** Finishes the current pass, which takes some four seconds at most. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#interrupt();
    for (const end of this.#ends) await end();
    await this.#listener.stop();
    await this.#running;
    this.relay.close();
  }

  #resume(): void {
    this.#failures = 0;
    this.wake();
  }

  async #run(): Promise<void> {
    let poll = FIRST_POLL_MS;
    while (!this.#stopping) {
      this.#woken = false;
      const begun = performance.now();
      const pause = await this.#pass();
      if (pause === 'again') {
        poll = FIRST_POLL_MS;
      } else if (pause === 'back off') {
        await this.#sleep(backOff(this.#failures, FIRST_BACK_OFF_MS, LAST_BACK_OFF_MS));
      } else {
        if (!this.#woken) await this.#sleep(poll);
        poll = this.#woken ? FIRST_POLL_MS : Math.min(poll * 2, LAST_POLL_MS);
        const early = begun + PASS_EVERY_MS - performance.now();
        if (early > 0 && !this.#stopping) await new Promise((resolve) => setTimeout(resolve, early));
      }
    }
  }

  async #pass(): Promise<'again' | 'wait' | 'back off'> {
    const appended = this.#appended;
    this.#appended = false;
    this.progress.begins(performance.now());
    try {
      const pass = await this.relay.pass();
      this.#note(pass);
      this.#outage.over();
      this.#failures = 0;
      // The relay that works may have read the outbox before our commit.
      if (pass.state === 'standby' && appended) this.#listener.notify();
      return pass.more ? 'again' : 'wait';
    } catch (error) {
      this.#failures++;
      this.progress.failed(messageOf(error), performance.now());
      this.#outage.failed(error);
      return 'back off';
    }
  }

  #note({ state, more }: RelayPass): void {
    const { failing } = this.relay;
    // Failing streams count as blocked although other streams take their events.
    const blocked =
      state === 'away'
        ? 'NATS is away'
        : failing.length > 0
          ? `No events are taken by the stream of ${failing.join(', ')}`
          : null;
    this.progress.ended(blocked === null ? more : { blocked }, performance.now());
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        resolve();
      }
      this.#interrupt = done;
      if (this.#stopping) done();
    });
  }
}
