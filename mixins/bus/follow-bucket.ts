/**
 * Reads a whole key-value bucket, and then follows its changes. A broker that restarts forgets its
 * watches, and a connection may return before anybody notices its loss. So the bucket is read again
 * after each reconnect, after the end of a watch, and when a comparison finds a difference.
 */
import type { KV } from 'nats';
import type { Bus } from './bus.ts';
import { type BucketEntry, type BucketWatch, watchBucket } from './watch-bucket.ts';

/**
 * How often the bucket's last revision is compared with the last one received, in milliseconds. Two
 * comparisons and a reading fit in the 5 s of AUTH-4.
 */
const COMPARE_MS = 1500;
/** Pause before a reading starts again, in milliseconds. */
const RETRY_MS = 250;

/** Callbacks for the entries and the state of the reading. */
export interface FollowOptions {
  /**
   * Called for each entry in order, including removed ones, and sometimes again for the same one.
   * Its errors go to `onBadEntry` if given, otherwise to `onError`.
   */
  readonly apply: (entry: BucketEntry) => Promise<void>;
  /** Called before each reading. `created` is when the bucket's stream was made. */
  readonly onBegin?: (created: string) => void;
  /**
   * Called when a reading has applied everything that existed when it began. `last` is the last
   * revision.
   */
  readonly onComplete?: (last: number) => void;
  readonly onError: (error: unknown) => void;
  /**
   * Called when the bucket was read completely, and when a comparison finds nothing missing.
   * Earlier errors are over then. It must be cheap.
   */
  readonly onWell?: () => void;
  /** Called with an error of `apply` and its entry, instead of `onError`. */
  readonly onBadEntry?: (error: unknown, entry: BucketEntry) => void;
}

/** Follows one bucket, as described above. */
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
  /**
   * How many entries have arrived. While it grows, a difference only means that the reading goes
   * on.
   */
  #count = 0;
  /** Whether everything that existed when this reading began has been applied. */
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

  /** Resolves once the whole bucket was read. Retries while the broker is away. */
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
   * Whether everything that existed when the reading began has been applied, and no later entry up
   * to `last` is missing.
   */
  isAt(last: number): boolean {
    return this.#complete && this.#arrived === last;
  }

  /** Ends for good. A `start` that still waits resolves. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#endReconnect();
    clearInterval(this.#timer);
    this.#watch?.stop();
    this.#wake();
    await this.#running;
  }

  /**
   * Compares once with the broker. Recent changes may still be under way, so only a difference that
   * persists counts. A lower revision at the broker means that the bucket lost its tail. A bucket
   * that was deleted and remade may have the same last revision, so its creation time is compared
   * too. Returns whether a new reading began.
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
      // The connection was closed for good, as when a node stops before it has read the bucket
      // once.
      if (!this.#stopped && this.#bus.connection.isClosed()) return;
      if (!this.#stopped) await this.#pause();
    }
  }

  /** One reading, which ends with its watch. */
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
