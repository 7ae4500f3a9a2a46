/**
 * Reads a key-value bucket whole, then follows it, for ever. A broker that restarts forgets whoever
 * was watching, and a connection may be back before anybody noticed that it was away; therefore
 * everything is read again after each reconnect, after the end of a watch, and whenever the bucket
 * is seen to hold something else.
 */
import type { KV } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { type BucketEntry, type BucketWatch, watchBucket } from '#mixins/bus/watch-bucket.ts';

/**
 * How often the bucket's last revision is compared with what arrived, in milliseconds. Two rounds
 * and a reading fit in the 5 s of AUTH-4.
 */
const COMPARE_MS = 1500;
/** Pause before a reading is begun again, in milliseconds. */
const RETRY_MS = 250;

/** What becomes of what is read. */
export interface FollowOptions {
  /**
   * Called for each entry in order, also for removed ones, and again for the same one. What it
   * throws goes to `onBadEntry`, else to `onError`.
   */
  readonly apply: (entry: BucketEntry) => Promise<void>;
  /** Called before each reading, with when the bucket's stream was made. */
  readonly onBegin?: (created: string) => void;
  /**
   * Called when a reading has applied everything that was there when it began, with the last
   * revision.
   */
  readonly onComplete?: (last: number) => void;
  readonly onError: (error: unknown) => void;
  /**
   * Called when the bucket was read whole, and when a comparison finds nothing missing: what
   * `onError` heard before is over. Cheap.
   */
  readonly onWell?: () => void;
  /** Called with what `apply` throws, and for which entry, in the place of `onError`. */
  readonly onBadEntry?: (error: unknown, entry: BucketEntry) => void;
}

/** Follows one bucket; see above. */
export class BucketFollower {
  readonly #bus: Bus;
  readonly #name: string;
  readonly #options: FollowOptions;
  #stopped = false;
  #kv: KV | undefined;
  #watch: BucketWatch | undefined;
  /** When the stream of this reading was made. */
  #created: string | undefined;
  /** Highest revision of this reading. */
  #arrived = 0;
  /** How many entries have arrived: a reading that goes on is no difference that stands still. */
  #count = 0;
  /** Whether everything that was there when this reading began has been applied. */
  #complete = false;
  /** `#count` when the last comparison found a difference. */
  #differedAt: number | undefined;
  #endReconnect = () => {};
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #wake = () => {};

  constructor(bus: Bus, name: string, options: FollowOptions) {
    this.#bus = bus;
    this.#name = name;
    this.#options = options;
  }

  /** Resolves once the whole bucket was read; keeps trying while the broker is away. */
  async start(): Promise<void> {
    this.#endReconnect = this.#bus.onReconnect(() => this.#watch?.stop());
    this.#timer = setInterval(() => void this.compareOnce().catch(this.#options.onError), COMPARE_MS);
    this.#timer.unref();
    await new Promise<void>((resolve) => {
      this.#running = this.#follow(resolve).then(resolve);
    });
  }

  /** Reads everything again. */
  readAgain(): void {
    this.#watch?.stop();
  }

  /**
   * Whether everything that was there when the reading began has been applied, and nothing that
   * came since is missing below `last`.
   */
  isAt(last: number): boolean {
    return this.#complete && this.#arrived === last;
  }

  /** Ends for good; a `start` that still waits resolves. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#endReconnect();
    clearInterval(this.#timer);
    this.#watch?.stop();
    this.#wake();
    await this.#running;
  }

  /**
   * Compares once with the broker. What was written a moment ago may be under way, so only a
   * difference that stands still is one; a lower revision there means that the bucket lost its
   * tail. A bucket that was deleted and made anew may have the same last revision; the time of its
   * making differs. Returns whether a new reading began.
   */
  async compareOnce(): Promise<boolean> {
    const watch = this.#watch;
    if (watch === undefined || this.#kv === undefined || !this.#bus.connected) return false;
    const { created, state } = (await this.#kv.status()).streamInfo;
    const last = state.last_seq;
    if (watch !== this.#watch) return false;
    if (created !== this.#created) {
      watch.stop();
      return true;
    }
    if (this.#complete && last === this.#arrived) {
      this.#differedAt = undefined;
      this.#options.onWell?.();
      return false;
    }
    if (this.#differedAt !== this.#count) {
      this.#differedAt = this.#count;
      return false;
    }
    watch.stop();
    return true;
  }

  async #follow(complete: () => void): Promise<void> {
    while (!this.#stopped) {
      await this.#readOnce(complete).catch(this.#options.onError);
      this.#watch = undefined;
      // Closed for good: the bus was stopped first, as when a node ends before it has read the
      // bucket once.
      if (!this.#stopped && this.#bus.connection.isClosed()) return;
      if (!this.#stopped) await this.#pause();
    }
  }

  /** One reading; ends when its watch does. */
  async #readOnce(complete: () => void): Promise<void> {
    this.#complete = false;
    this.#differedAt = undefined;
    this.#kv = await this.#bus.bucket(this.#name);
    const { created, state } = (await this.#kv.status()).streamInfo;
    this.#created = created;
    this.#arrived = state.last_seq;
    this.#options.onBegin?.(created);
    const watch = await watchBucket(this.#bus, this.#name);
    if (this.#stopped) return watch.stop();
    this.#watch = watch;
    const finish = () => {
      this.#complete = true;
      this.#options.onComplete?.(this.#arrived);
      this.#options.onWell?.();
      complete();
    };
    try {
      if (watch.isEmpty) finish();
      for await (const entry of watch.entries) {
        const { apply, onError, onBadEntry = onError } = this.#options;
        await apply(entry).catch((error: unknown) => onBadEntry(error, entry));
        this.#arrived = Math.max(this.#arrived, entry.revision);
        this.#count++;
        if (entry.delta === 0 && !this.#complete) finish();
      }
    } finally {
      watch.stop();
    }
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, RETRY_MS);
    });
  }
}
