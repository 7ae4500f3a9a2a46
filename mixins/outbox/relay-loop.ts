/** Keeps a relay going: woken by commits of this node, by other nodes, by NATS coming back; with a short poll as the fallback. */
import { watchEpochs } from '../bus/epochs.ts';
import { Progress } from '../loops/progress.ts';
import { messageOf, Outage } from '../outage.ts';
import { Relay, type RelayOptions, type Pass as RelayPass } from './relay.ts';
import { onAppended } from './wake.ts';
import { Wakeups } from './wakeups.ts';

/** Poll of an idle relay, in milliseconds: the first after work, doubling up to the last. */
const FIRST_POLL_MS = 250;
const LAST_POLL_MS = 1_000;
/** Least time between the beginnings of two passes while there is no backlog, in milliseconds: many commits share one pass. */
const PASS_EVERY_MS = 10;
/** First and longest pause after a pass that failed, in milliseconds. */
const FIRST_BACK_OFF_MS = 250;
const LAST_BACK_OFF_MS = 5_000;

/** One for each service and node; of all of a service one works at a time (see relay.ts). */
export class RelayLoop {
  readonly name = 'outbox';
  readonly progress = new Progress();
  readonly relay: Relay;
  readonly #options: RelayOptions;
  readonly #wakeups: Wakeups;
  readonly #outage: Outage;
  readonly #ends: (() => unknown)[] = [];
  #running: Promise<void> | undefined;
  #stopping = false;
  /** Something may have come since the last pass began. */
  #woken = false;
  /** This node has appended something since the last pass began. */
  #appended = false;
  #failures = 0;
  #interrupt = () => {};

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#outage = new Outage("The outbox can't be published", options.log);
    this.relay = new Relay(options);
    this.#wakeups = new Wakeups(options.database.sequelize, () => this.wake());
  }

  /** Begins; does not wait for NATS nor PostgreSQL. */
  start(): void {
    const { bus, database, log } = this.#options;
    this.#ends.push(
      onAppended(database, () => {
        this.#appended = true;
        this.wake();
      }),
    );
    this.#ends.push(bus.onReconnect(() => this.#resume()));
    this.#wakeups.start();
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
    // A relay that backs off is left alone.
    if (this.#failures === 0) this.#interrupt();
  }

  /** Finishes the pass in hand, some four seconds at most. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#interrupt();
    for (const end of this.#ends) await end();
    await this.#wakeups.stop();
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
        await this.#sleep(Math.min(FIRST_BACK_OFF_MS * 2 ** (this.#failures - 1), LAST_BACK_OFF_MS));
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
      // Whoever is at work may have read before our commit.
      if (pass.state === 'standby' && appended) this.#wakeups.notify();
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
    // Also while the events of other streams leave.
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
