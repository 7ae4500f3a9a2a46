/** The stream behind the bucket `identity`, read at its leader and changed only where nobody else has changed it meanwhile. */
import { Empty, headers, type MsgHdrs, NatsError } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { jetStreamCode, NO_MESSAGE_FOUND, WRONG_LAST_SEQUENCE } from '#mixins/bus/error-codes.ts';
import { keyEntry } from '#mixins/identity/access-token.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { bucketName } from '#mixins/names.ts';
import type { HeldEntry } from './held-entries.ts';

const OPERATION = 'KV-Operation';
/** Entries of signing keys that are read at most: a rotation adds one, once a year. */
const MAX_KEYS = 200;
/** How long operators wait for NATS, in milliseconds: a revocation must not wait for it. */
const ANSWER_MS = 1_000;

/** The bucket as it is now. */
export interface BucketState {
  /** When its stream was made. */
  readonly created: string;
  /** Its last revision. */
  readonly last: number;
  /** How many keys it has, deleted ones among them. */
  readonly keys: number;
}

/** See above. */
export class IdentityBucket {
  readonly #bus: Bus;
  readonly #stream: string;
  /** Of the subjects of entries; their keys follow. */
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

  /** An entry as the leader has it; a replica may be behind. */
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

  /** The entries of signing keys, at most 200; null where NATS does not answer within a second. */
  async readKeys(): Promise<HeldEntry[] | null> {
    if (!this.#bus.connected) return null;
    const { promise: late, resolve: giveUp } = Promise.withResolvers<null>();
    const timer = setTimeout(() => giveUp(null), ANSWER_MS);
    try {
      return await Promise.race([this.#readKeys(), late]);
    } catch (error) {
      if (error instanceof NatsError) return null;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #readKeys(): Promise<HeldEntry[]> {
    const filter = `${this.#prefix}${keyEntry('>')}`;
    const { state } = await this.#bus.manager.streams.info(this.#stream, { subjects_filter: filter });
    const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(this.#prefix.length));
    return Promise.all(keys.slice(0, MAX_KEYS).map((key) => this.read(key)));
  }

  /** Deletes an entry; leaves a marker, by which every node hears of it. Returns false where the entry has changed since it was read. */
  remove(entry: HeldEntry): Promise<boolean> {
    const marker = headers();
    marker.set(OPERATION, 'DEL');
    return this.#replace(entry, Empty, marker);
  }

  /** Puts what the bucket has to hold in the place of an entry. Returns false as `remove` does. */
  restore(entry: HeldEntry, value: object): Promise<boolean> {
    return this.#replace(entry, JSON.stringify(value), headers());
  }

  /** Takes an entry, or the marker of a deleted one, out of the stream, without a trace; no newer entry. */
  async purge({ key, revision }: Pick<HeldEntry, 'key' | 'revision'>): Promise<void> {
    await this.#bus.manager.streams.purge(this.#stream, {
      filter: `${this.#prefix}${key}`,
      seq: revision + 1,
    });
  }

  /** Not by the client of the bucket: it refuses keys that others can write. */
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
