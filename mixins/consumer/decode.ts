/** Decodes a message into a delivery, or says why that is impossible. */
import type { SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { subjectOf } from '#mixins/names.ts';
import { decodeEvent, decodeGeneric, readFingerprint } from '#schemas/avro.ts';
import { fromHeaders } from '#schemas/cloud-events.ts';
import type { Envelope } from '#schemas/envelope.ts';
import type { AvroRecord, EventContract } from '#schemas/event.ts';
import { messageOf } from '#schemas/text.ts';
import type { ConsumerDefinition, Delivery } from './definition.ts';
import type { Encoded } from './message.ts';

export type Decoded =
  | { readonly kind: 'event'; readonly delivery: Delivery }
  | { readonly kind: 'unread' }
  | { readonly kind: 'poison'; readonly error: Error }
  | { readonly kind: 'later'; readonly error: Error };

export interface Decoder {
  /** Without a promise where the writer's schema is known: there are thousands of events a second. */
  decode(message: Encoded): Decoded | Promise<Decoded>;
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
    decode: (message) => {
      try {
        const type = typeOf(message, namespace);
        const contract = contractFor(type);
        if (contract === undefined) return { kind: 'unread' };
        const known = message.parts.get(contract) as Delivery | undefined;
        if (known !== undefined) return { kind: 'event', delivery: known };
        const envelope = envelopeOf(message);
        checkAggregate(contract, envelope);
        const fingerprint = readable('undecodable', () => readFingerprint(message.data));
        const finish = (writerSchema: AvroRecord): Decoded => {
          const delivery = deliveryOf(contract, envelope, message, writerSchema);
          message.parts.set(contract, delivery);
          return { kind: 'event', delivery };
        };
        const writerSchema = schemas.knownSchema(fingerprint);
        if (writerSchema !== undefined) return finish(writerSchema);
        return schemas.writerSchema(fingerprint).then(finish).catch(refusal);
      } catch (error) {
        return refusal(error);
      }
    },
  };
}

function refusal(error: unknown): Decoded {
  if (error instanceof Unreadable) return { kind: 'poison', error };
  return { kind: 'later', error: error instanceof Error ? error : new Error(String(error)) };
}

function typeOf(message: Encoded, namespace: string): string {
  const type = message.header('ce-type');
  if (message.subject !== null && (type === undefined || message.subject !== subjectOf(namespace, type))) {
    const what = type ?? 'A message without a type';
    throw new Unreadable(FOREIGN_SUBJECT, `${what} came under the subject ${message.subject}`);
  }
  if (type === undefined) throw new Unreadable('malformed_envelope', 'The header ce-type is missing');
  return type;
}

function envelopeOf(message: Encoded): Envelope {
  const known = message.parts.get(fromHeaders) as Envelope | undefined;
  if (known !== undefined) return known;
  const envelope = readable('malformed_envelope', () => fromHeaders((name) => message.header(name)));
  message.parts.set(fromHeaders, envelope);
  return envelope;
}

/**
 * A missing schema is not requested again for this long, in milliseconds: a batch would wait for
 * each event.
 */
const FAILED_FOR_MS = 500;
/** Most failures that are remembered. */
const MAX_FAILURES = 100;

type Schemas = Pick<SchemaRegistry, 'knownSchema' | 'writerSchema'>;

function rememberingFailures(registry: Schemas): Schemas {
  const failures = new Map<string, { readonly until: number; readonly error: unknown }>();
  return {
    knownSchema: (fingerprint) => registry.knownSchema(fingerprint),
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

function checkAggregate(contract: EventContract | 'all', { type, subject }: Envelope): void {
  if (contract === 'all' || aggregateOf(subject) === contract.aggregate) return;
  throw new Unreadable('wrong_aggregate', `${type} is about ${contract.aggregate}, not ${subject}`);
}

function deliveryOf(
  contract: EventContract | 'all',
  envelope: Envelope,
  { data: bytes, streamSequence }: Encoded,
  writerSchema: AvroRecord,
): Delivery {
  const { type, subject } = envelope;
  const data = readable('undecodable', () =>
    contract === 'all' ? decodeGeneric(writerSchema, bytes) : decodeEvent(contract, writerSchema, bytes),
  );
  const aggregateId = subject.slice(aggregateOf(subject).length + 1);
  const idField = contract === 'all' ? undefined : contract.idField;
  // Business keys are built from both, so they must be the same.
  if (idField !== undefined && data[idField] !== aggregateId) {
    throw new Unreadable('wrong_aggregate', `${type} carries another ${idField} than ${subject}`);
  }
  return { ...envelope, aggregateId, data, streamSequence } as Delivery;
}

/** Decoding is pure: a failure is final. It becomes `Unreadable` with this code. */
function readable<Result>(code: string, decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    throw new Unreadable(code, messageOf(error), error);
  }
}
