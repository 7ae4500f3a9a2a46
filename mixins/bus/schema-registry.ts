/**
 * The schemas of all events so far, in a JetStream key-value bucket: key = fingerprint, value = the
 * whole schema as JSON. A writer registers its schema before it publishes the first event. So
 * consumers of any release find the writer's schema of every event.
 */
import type { KV } from 'nats';
import { fingerprintOf } from '#schemas/avro.ts';
import type { AvroRecord } from '#schemas/event.ts';
import { jetStreamCode, WRONG_LAST_SEQUENCE } from './error-codes.ts';

/** The bucket's name without the namespace. */
export const SCHEMAS_BUCKET = 'schemas';

/**
 * The schema of an event is not available now: not registered yet, damaged, or the registry is
 * away. The event itself may be fine, so retry it and never treat it as poison.
 */
export class UnknownFingerprint extends Error {
  readonly fingerprint: string;
  readonly retryable = true;
  /** Whether the registry answered. If so, asking again soon is of little use. */
  readonly answered: boolean;

  constructor(fingerprint: string, reason: string, options: ErrorOptions & { answered?: boolean } = {}) {
    super(`The schema ${fingerprint} ${reason}`, options);
    this.name = 'UnknownFingerprint';
    this.fingerprint = fingerprint;
    this.answered = options.answered ?? true;
  }
}

/** Caches the schemas that the node has read from the bucket. */
export class SchemaRegistry {
  readonly #open: () => Promise<KV>;
  #opened: Promise<KV> | undefined;
  /** A fingerprint is computed from the content, so an entry never becomes wrong. */
  readonly #known = new Map<string, AvroRecord | Promise<AvroRecord>>();

  /** @param open opens the bucket, or makes it; called again after each failure: NATS may be away, and the bucket may have been deleted */
  constructor(open: () => Promise<KV>) {
    this.#open = open;
  }

  /**
   * Registers missing schemas. Nodes may do so concurrently and repeatedly. An existing schema that
   * differs only in logical types, defaults or documentation stays. Throws the error of NATS.
   */
  async register(contracts: readonly { readonly schema: AvroRecord }[]): Promise<void> {
    await this.#ask((bucket) =>
      Promise.all(
        contracts.map(async ({ schema }) => {
          const fingerprint = fingerprintOf({ schema });
          await createOnce(bucket, fingerprint, JSON.stringify(schema));
          if (!this.#known.has(fingerprint)) this.#known.set(fingerprint, schema);
        }),
      ),
    );
  }

  /**
   * The schema with this fingerprint, always the same object. Reads the bucket only once. Throws
   * `UnknownFingerprint`.
   */
  async writerSchema(fingerprint: string): Promise<AvroRecord> {
    const known = this.#known.get(fingerprint);
    if (known !== undefined) return await known;
    const fetched = this.#fetch(fingerprint);
    this.#known.set(fingerprint, fetched);
    try {
      const schema = await fetched;
      this.#known.set(fingerprint, schema);
      return schema;
    } catch (error) {
      // A failure is not cached: the next event asks again.
      this.#known.delete(fingerprint);
      throw error;
    }
  }

  /** The same without a wait; undefined before it was read. */
  knownSchema(fingerprint: string): AvroRecord | undefined {
    const known = this.#known.get(fingerprint);
    return known instanceof Promise ? undefined : known;
  }

  async #ask<Result>(question: (bucket: KV) => Promise<Result>): Promise<Result> {
    try {
      this.#opened ??= this.#open();
      return await question(await this.#opened);
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  async #fetch(fingerprint: string): Promise<AvroRecord> {
    const entry = await this.#ask((bucket) => bucket.get(fingerprint)).catch((cause: unknown) => {
      const reason = 'could not be read from the registry';
      throw new UnknownFingerprint(fingerprint, reason, { cause, answered: false });
    });
    if (entry?.operation !== 'PUT') throw new UnknownFingerprint(fingerprint, 'is not registered');
    return parse(fingerprint, entry.string());
  }
}

/**
 * The schema must have the fingerprint that is its key. A damaged or forged entry would misread
 * events.
 */
function parse(fingerprint: string, text: string): AvroRecord {
  let schema: AvroRecord;
  let actual: string;
  try {
    schema = JSON.parse(text) as AvroRecord;
    actual = fingerprintOf({ schema });
  } catch (cause) {
    throw new UnknownFingerprint(fingerprint, 'is damaged in the registry', { cause });
  }
  if (actual !== fingerprint) {
    throw new UnknownFingerprint(fingerprint, `is damaged in the registry: what is there is ${actual}`);
  }
  return schema;
}

async function createOnce(bucket: KV, key: string, value: string): Promise<void> {
  if ((await bucket.get(key))?.operation === 'PUT') return;
  try {
    await bucket.create(key, value);
  } catch (error) {
    // Another node was first.
    if (jetStreamCode(error) !== WRONG_LAST_SEQUENCE) throw error;
  }
}
