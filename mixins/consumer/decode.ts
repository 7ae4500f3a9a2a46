/** Decodes a message into a delivery, or says why that is impossible. */
import type { SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { subjectOf } from '#mixins/names.ts';
import { decodeEvent, decodeGeneric, readFingerprint } from '#schemas/avro.ts';
import { fromHeaders } from '#schemas/cloud-events.ts';
import type { Envelope } from '#schemas/envelope.ts';
import type { EventContract } from '#schemas/event.ts';
import { messageOf } from '#schemas/text.ts';
import type { ConsumerDefinition, Delivery } from './definition.ts';
import type { Encoded } from './message.ts';

export type Decoded =
  | { readonly kind: 'event'; readonly delivery: Delivery }
  | { readonly kind: 'unread' }
  | { readonly kind: 'poison'; readonly error: Error }
  | { readonly kind: 'later'; readonly error: Error };

export interface Decoder {
  decode(message: Encoded): Promise<Decoded>;
}

/** A message that no repetition can read: malformed, or against its contract. */
export class Unreadable extends Error {
  /** The dead letter's code. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Unreadable';
    this.code = code;
  }
}

/**
 * The dead letter's code of a message whose type does not belong to its subject. Rights of NATS are
 * about subjects, so its author may lack the right to publish that type. Its headers are not
 * trusted, and it is not redriven.
 */
export const FOREIGN_SUBJECT = 'foreign_subject';

/**
 * The decoder of a consumer. It checks the envelope against the subject, and reads the payload with
 * its writer's schema. `decode` never throws: an unreadable message is `poison`, or `later` while
 * the writer's schema is unknown.
 */
export function decoderOf(definition: ConsumerDefinition, namespace: string, registry: Schemas): Decoder {
  const contractFor = contractsOf(definition);
  const schemas = rememberingFailures(registry);
  return {
    decode: async (message) => {
      try {
        const type = message.header('ce-type');
        if (
          message.subject !== null &&
          (type === undefined || message.subject !== subjectOf(namespace, type))
        ) {
          const what = type ?? 'A message without a type';
          throw new Unreadable(FOREIGN_SUBJECT, `${what} came under the subject ${message.subject}`);
        }
        if (type === undefined) throw new Unreadable('malformed_envelope', 'The header ce-type is missing');
        const contract = contractFor(type);
        if (contract === undefined) return { kind: 'unread' };
        const { type: _, ...envelope } = readable('malformed_envelope', () =>
          fromHeaders((name) => message.header(name)),
        );
        const delivery = await deliveryOf(contract, type, envelope, message.data, schemas);
        const { streamSequence } = message;
        return { kind: 'event', delivery: { ...delivery, streamSequence } };
      } catch (error) {
        if (error instanceof Unreadable) return { kind: 'poison', error };
        return { kind: 'later', error: error instanceof Error ? error : new Error(String(error)) };
      }
    },
  };
}

/**
 * A missing schema is not requested again for this long, in milliseconds: a batch would wait for
 * each event.
 */
const FAILED_FOR_MS = 500;
/** Most failures that are remembered. */
const MAX_FAILURES = 100;

type Schemas = Pick<SchemaRegistry, 'writerSchema'>;

function rememberingFailures(registry: Schemas): Schemas {
  const failures = new Map<string, { readonly until: number; readonly error: unknown }>();
  return {
    writerSchema: async (fingerprint) => {
      const failure = failures.get(fingerprint);
      if (failure !== undefined && Date.now() < failure.until) throw failure.error;
      try {
        return await registry.writerSchema(fingerprint);
      } catch (error) {
        if (failures.size > MAX_FAILURES) failures.clear();
        failures.set(fingerprint, { until: Date.now() + FAILED_FOR_MS, error });
        throw error;
      }
    },
  };
}

/**
 * Finds the contract of a type. `all`: read it by its writer's schema; undefined: do not read it.
 */
function contractsOf({ reads }: ConsumerDefinition): (type: string) => EventContract | 'all' | undefined {
  if (reads === 'all') return () => 'all';
  const contracts = new Map<string, EventContract>(reads.map((read) => [read.type, read]));
  return (type) => contracts.get(type);
}

/** `price/seed` of `price/seed/<id>`: an id holds no slash. */
function aggregateOf(subject: string): string {
  return subject.slice(0, Math.max(0, subject.lastIndexOf('/')));
}

async function deliveryOf(
  contract: EventContract | 'all',
  type: string,
  envelope: Omit<Envelope, 'type'>,
  bytes: Uint8Array,
  registry: Schemas,
): Promise<Delivery> {
  const aggregate = aggregateOf(envelope.subject);
  if (contract !== 'all' && aggregate !== contract.aggregate) {
    throw new Unreadable(
      'wrong_aggregate',
      `${type} is about ${contract.aggregate}, not ${envelope.subject}`,
    );
  }
  const writerSchema = await registry.writerSchema(readable('undecodable', () => readFingerprint(bytes)));
  const data = readable('undecodable', () =>
    contract === 'all' ? decodeGeneric(writerSchema, bytes) : decodeEvent(contract, writerSchema, bytes),
  );
  const aggregateId = envelope.subject.slice(aggregate.length + 1);
  const idField = contract === 'all' ? undefined : contract.idField;
  // Business keys are built from both, so they must be the same.
  if (idField !== undefined && data[idField] !== aggregateId) {
    throw new Unreadable('wrong_aggregate', `${type} carries another ${idField} than ${envelope.subject}`);
  }
  return { ...envelope, type, aggregateId, data } as Delivery;
}

/** Decoding is pure: a failure is final. It becomes `Unreadable` with this code. */
function readable<Result>(code: string, decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    throw new Unreadable(code, messageOf(error), error);
  }
}
