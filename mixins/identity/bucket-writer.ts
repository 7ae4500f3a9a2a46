/**
 * Brings the bucket `identity` to hold what the database says, after the commits: rows that wait
 * are put, rows that have expired leave. Any number of nodes may do this at the same time and
 * again: an entry is replaced only where it is older and by compare and set, so a node that was
 * frozen meanwhile changes nothing. A crash anywhere leaves the row waiting.
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
 * Fallback where nobody woke the writer: another node committed and died. In milliseconds; well
 * within the 5 s of AUTH-4.
 */
const POLL_MS = 1_000;
/**
 * Shortest time between two looks whether the bucket is still the one that was written, in
 * milliseconds: one with each poll, few when woken often.
 */
const LOOK_MS = 500;

/** What the bucket has to hold under a key. */
export interface BucketEntry {
  readonly key: string;
  readonly value: object;
  /** An entry with a higher one is newer. */
  readonly version: number;
}

/** The table behind the bucket. */
export interface EntrySource {
  /** Entries that wait to be put, the oldest first. */
  pending(limit: number): Promise<readonly BucketEntry[]>;
  /** The bucket holds these now, or newer ones. */
  markPut(entries: readonly BucketEntry[]): Promise<void>;
  /** Keys of entries that have to leave the bucket. */
  expired(limit: number): Promise<readonly string[]>;
  /** The bucket no longer holds these. */
  forget(keys: readonly string[]): Promise<void>;
  /** Lets everything that may still matter wait again: the bucket may have lost it. */
  renew(): Promise<void>;
}

/** A bucket at a moment. */
interface BucketState {
  /** When its stream was made. */
  readonly created: string;
  /** Its last revision. */
  readonly last: number;
}

/** See above; each node of the bucket's owner has one. */
export class BucketWriter {
  readonly #bus: Bus;
  readonly #source: EntrySource;
  readonly #outage: Outage;
  /**
   * Its items are entries: each is put by itself, and one that fails is retried for ever, as a
   * revocation must not be given up.
   */
  readonly loop: Loop;
  #settled = false;
  #renew = true;
  /** The bucket when it was last looked at. */
  #seen: BucketState | undefined;
  #lookAt = 0;
  #endReconnect = () => {};

  constructor(bus: Bus, source: EntrySource, log: OutageLog) {
    this.#bus = bus;
    this.#source = source;
    this.#outage = new Outage("The identity bucket can't be written", log);
    // Failures are no error of the loop: its growing pauses would not fit in the 5 s.
    this.loop = new Loop({
      name: 'identity-bucket',
      runOnce: () => this.#attempt(),
      pollMs: POLL_MS,
    });
  }

  /** Begins to write, and to write all anew after each reconnect, and when the bucket was lost. */
  start(): void {
    this.#endReconnect = this.#bus.onReconnect(() => {
      this.#renew = true;
      this.wake();
    });
    this.loop.start();
  }

  /** Ends after the pass that is under way. */
  async stop(): Promise<void> {
    this.#endReconnect();
    await this.loop.stop();
  }

  /** Something waits; to be called after the commit. */
  wake(): void {
    this.loop.wake();
  }

  /** Whether the bucket held everything once. */
  get settled(): boolean {
    return this.#settled;
  }

  /** One bounded pass; returns how many entries it brought to the bucket or out of it. */
  async runOnce(): Promise<number> {
    await this.#look();
    await this.#renewOnce();
    // An entry that can't be put keeps none in the bucket that has to leave.
    const [put] = await Promise.allSettled([this.#putPending()]);
    const removed = await this.#removeExpired();
    if (put.status === 'rejected') throw put.reason;
    const done = put.value + removed;
    this.#settled ||= done === 0;
    return done;
  }

  /**
   * A bucket may be gone, or have lost its tail, with the connection up: deleted, or its store
   * failed on a server behind ours.
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
   * A reconnect while this runs asks for another one: the mark is taken off before, and put back
   * where it failed.
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
    // Taken out of the stream itself: a key-value deletion would leave a marker for each, for ever.
    for (const key of keys) await this.#bus.manager.streams.purge(name, { filter: `${prefix}${key}` });
    await this.#source.forget(keys);
    return keys.length;
  }
}

/**
 * Puts an entry unless the bucket holds it or a newer one; tries again where another writer came in
 * between.
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
  const value = parseJson(text);
  // What is not ours is replaced.
  return typeof value === 'object' && value !== null && 'version' in value ? Number(value.version) || 0 : 0;
}
