/**
 * The stream behind the bucket `identity`. Reads go to the leader. A write applies only when nobody
 * else has changed the entry since the read.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Empty, headers, type MsgHdrs, NatsError } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { jetStreamCode, NO_MESSAGE_FOUND, WRONG_LAST_SEQUENCE } from '#mixins/bus/error-codes.ts';
import { keyEntry } from '#mixins/identity/access-token.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { bucketName } from '#mixins/names.ts';
import type { HeldEntry } from './held-entries.ts';

const OPERATION = 'KV-Operation';
/** Entries of signing keys that are read at most. A rotation adds one, about once a year. */
const MAX_KEYS = 200;
/** How long operators wait for NATS, in milliseconds. A revocation must not wait for it. */
const ANSWER_MS = 1_000;

/** The current state of the bucket. */
export interface BucketState {
  /** When the stream was made. */
  readonly created: string;
  /** Its last revision. */
  readonly last: number;
  /** The number of keys, including deleted ones. */
  readonly keys: number;
}

export class IdentityBucket {
  readonly #bus: Bus;
  readonly #stream: string;
  /** Prefix of the subjects; the key of the entry follows. */
  readonly #prefix: string;

  constructor(bus: Bus) {
    const name = bucketName(bus.namespace, IDENTITY_BUCKET);
    this.#bus = bus;
    this.#stream = `KV_${name}`;
    this.#prefix = `$KV.${name}.`;
  }

  async state(): Promise<BucketState> {
    const { created, state } = await this.#bus.manager.streams.info(this.#stream);
    return { created, last: state.last_seq, keys: state.messages };
  }

  /** Reads an entry from the leader, because a replica may be behind. */
  async read(key: string): Promise<HeldEntry> {
    try {
      const last = { last_by_subj: `${this.#prefix}${key}` };
      const message = await this.#bus.manager.streams.getMessage(this.#stream, last);
      const isDeleted = message.header.has(OPERATION);
      return { key, revision: message.seq, text: isDeleted ? undefined : message.string() };
    } catch (error) {
      if (jetStreamCode(error) === NO_MESSAGE_FOUND) return { key, revision: 0, text: undefined };
      throw error;
    }
  }

  /** The entries of signing keys, at most 200; null when NATS does not answer within a second. */
  async readKeys(): Promise<HeldEntry[] | null> {
    if (!this.#bus.connected) return null;
    try {
      return await Promise.race([this.#readKeys(), delay(ANSWER_MS, null, { ref: false })]);
    } catch (error) {
      if (error instanceof NatsError) return null;
      throw error;
    }
  }

  async #readKeys(): Promise<HeldEntry[]> {
    const filter = `${this.#prefix}${keyEntry('>')}`;
    const { state } = await this.#bus.manager.streams.info(this.#stream, { subjects_filter: filter });
    const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(this.#prefix.length));
    return Promise.all(keys.slice(0, MAX_KEYS).map((key) => this.read(key)));
  }

  /**
   * Deletes an entry and leaves a marker, which every node receives. Returns false when the entry
   * has changed since it was read.
   */
  remove(entry: HeldEntry): Promise<boolean> {
    const marker = headers();
    marker.set(OPERATION, 'DEL');
    return this.#replace(entry, Empty, marker);
  }

  /**
   * Replaces an entry by the right value. Returns false when the entry has changed since it was
   * read.
   */
  restore(entry: HeldEntry, value: object): Promise<boolean> {
    return this.#replace(entry, JSON.stringify(value), headers());
  }

  /** Purges an entry, or the marker of a deleted one, from the stream. A newer entry stays. */
  async purge({ key, revision }: Pick<HeldEntry, 'key' | 'revision'>): Promise<void> {
    await this.#bus.manager.streams.purge(this.#stream, {
      filter: `${this.#prefix}${key}`,
      seq: revision + 1,
    });
  }

  /** This bypasses the client of the bucket, which refuses keys that others can write. */
  async #replace({ key, revision }: HeldEntry, data: Uint8Array | string, more: MsgHdrs): Promise<boolean> {
    try {
      await this.#bus.jetstream.publish(`${this.#prefix}${key}`, data, {
        headers: more,
        expect: { lastSubjectSequence: revision },
      });
      return true;
    } catch (error) {
      if (jetStreamCode(error) === WRONG_LAST_SEQUENCE) return false;
      throw error;
    }
  }
}
