/**
 * Brings the bucket `identity` to the state of the database, after the commits. It puts waiting
 * rows and removes expired ones. Nodes may do this concurrently and repeatedly: an entry is only
 * replaced by a newer one, by compare-and-set. So a node that was frozen meanwhile changes nothing.
 * After a crash the row still waits.
 */
import type { KV } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { jetStreamCode, WRONG_LAST_SEQUENCE } from '#mixins/bus/error-codes.ts';
import { Loop } from '#mixins/loops/loop.ts';
import type { Pass } from '#mixins/loops/progress.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import { parseJson } from '#schemas/text.ts';
import { IDENTITY_BUCKET } from './identity.ts';

/** Entries of one pass. */
const BATCH = 200;
/**
 * Longest wait without a wake, in milliseconds: another node may have committed and died. Well
 * within the 5 s of AUTH-4.
 */
const POLL_MS = 2_000;
/**
 * Shortest time between two checks that the bucket is still the one that was written, in
 * milliseconds. Each poll makes one, and frequent wakes share one.
 */
const LOOK_MS = 500;

/** The value that the bucket must have under a key. */
export interface BucketEntry {
  readonly key: string;
  readonly value: object;
  /** An entry with a higher version is newer. */
  readonly version: number;
}

/** The table behind the bucket. */
export interface EntrySource {
  /** Entries that are not yet in the bucket, the oldest first. */
  pending(limit: number): Promise<readonly BucketEntry[]>;
  /** Records that the bucket has these entries, or newer ones. */
  markPut(entries: readonly BucketEntry[]): Promise<void>;
  /** Keys of entries that must be removed from the bucket. */
  expired(limit: number): Promise<readonly string[]>;
  /** Records that these keys were removed from the bucket. */
  forget(keys: readonly string[]): Promise<void>;
  /** Makes all entries that may still matter wait again, because the bucket may have lost them. */
  renew(): Promise<void>;
}

/** The state of a bucket at one moment. */
interface BucketState {
  /** When its stream was made. */
  readonly created: string;
  /** Its last revision. */
  readonly last: number;
}

/** Each node of the bucket's owner has one. */
export class BucketWriter {
  readonly #bus: Bus;
  readonly #source: EntrySource;
  readonly #outage: Outage;
  /**
   * Each entry is put by itself. An entry that fails is retried without limit, because a revocation
   * must not be given up.
   */
  readonly loop: Loop;
  #settled = false;
  #renew = true;
  /** The state of the bucket at the last check. */
  #seen: BucketState | undefined;
  #lookAt = 0;
  #endReconnect = () => {};

  constructor(bus: Bus, source: EntrySource, log: OutageLog) {
    this.#bus = bus;
    this.#source = source;
    this.#outage = new Outage("The identity bucket can't be written", log);
    // Failures are not errors of the loop, because its growing pauses would exceed the 5 s.
    this.loop = new Loop({
      name: 'identity-bucket',
      runOnce: () => this.#attempt(),
      pollMs: POLL_MS,
    });
  }

  /**
   * Starts to write. Writes all entries again after each reconnect, and when the bucket was lost.
   */
  start(): void {
    this.#endReconnect = this.#bus.onReconnect(() => {
      this.#renew = true;
      this.wake();
    });
    this.loop.start();
  }

  /** Ends after the current pass. */
  async stop(): Promise<void> {
    this.#endReconnect();
    await this.loop.stop();
  }

  /** Entries wait. Call it after the commit. */
  wake(): void {
    this.loop.wake();
  }

  /** Whether the bucket has had all entries at least once. */
  get settled(): boolean {
    return this.#settled;
  }

  /** One bounded pass. Returns how many entries it put or removed. */
  async runOnce(): Promise<number> {
    await this.#look();
    await this.#renewOnce();
    // An entry that can't be put must not delay removals.
    const [put] = await Promise.allSettled([this.#putPending()]);
    const removed = await this.#removeExpired();
    if (put.status === 'rejected') throw put.reason;
    const done = put.value + removed;
    this.#settled ||= done === 0;
    return done;
  }

  /**
   * A bucket may be deleted or lose its tail while the connection is up, as when the store of
   * another server fails.
   */
  async #look(): Promise<void> {
    if (performance.now() < this.#lookAt) return;
    const { created, state } = (await (await this.#bus.bucket(IDENTITY_BUCKET)).status()).streamInfo;
    const seen = this.#seen;
    this.#seen = { created, last: state.last_seq };
    this.#lookAt = performance.now() + LOOK_MS;
    if (seen !== undefined && (seen.created !== created || state.last_seq < seen.last)) this.#renew = true;
  }

  /**
   * A reconnect during this call asks for another renewal. So the mark is cleared first, and set
   * again after a failure.
   */
  async #renewOnce(): Promise<void> {
    if (!this.#renew) return;
    this.#renew = false;
    try {
      await this.#source.renew();
    } catch (error) {
      this.#renew = true;
      throw error;
    }
  }

  async #attempt(): Promise<Pass> {
    if (!this.#bus.connected) return { blocked: 'NATS is away' };
    try {
      const done = await this.runOnce();
      this.#outage.over();
      return done > 0;
    } catch (error) {
      this.#outage.failed(error);
      return { blocked: String(error) };
    }
  }

  async #putPending(): Promise<number> {
    const entries = await this.#source.pending(BATCH);
    if (entries.length === 0) return 0;
    const kv = await this.#bus.bucket(IDENTITY_BUCKET);
    const results = await Promise.allSettled(entries.map((entry) => putNewer(kv, entry)));
    await this.#source.markPut(entries.filter((_, index) => results[index]?.status === 'fulfilled'));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    return entries.length;
  }

  async #removeExpired(): Promise<number> {
    const keys = await this.#source.expired(BATCH);
    if (keys.length === 0) return 0;
    const kv = await this.#bus.bucket(IDENTITY_BUCKET);
    const { name, subjects } = (await kv.status()).streamInfo.config;
    const prefix = subjects[0]?.replace(/>$/, '') ?? '';
    // Removed from the stream itself. A key-value deletion would leave a marker for each key for
    // ever.
    for (const key of keys) await this.#bus.manager.streams.purge(name, { filter: `${prefix}${key}` });
    await this.#source.forget(keys);
    return keys.length;
  }
}

/**
 * Puts an entry unless the bucket has it or a newer one. Retries where another writer was first.
 */
async function putNewer(kv: KV, entry: BucketEntry): Promise<void> {
  const text = JSON.stringify(entry.value);
  for (;;) {
    const existing = await kv.get(entry.key);
    if (existing?.operation === 'PUT') {
      const known = existing.string();
      if (known === text || versionOf(known) > entry.version) return;
    }
    try {
      if (existing === null) await kv.create(entry.key, text);
      else await kv.update(entry.key, text, existing.revision);
      return;
    } catch (error) {
      if (jetStreamCode(error) !== WRONG_LAST_SEQUENCE) throw error;
    }
  }
}

function versionOf(text: string): number {
  const value = parseJson(text) as { version?: unknown } | null | undefined;
  // What is not ours is replaced.
  return Number(value?.version) || 0;
}
