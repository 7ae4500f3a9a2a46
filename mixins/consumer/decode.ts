/** From a message to a delivery, or to the reason why not. */
import { decodeEvent, decodeGeneric, readFingerprint } from '../../schemas/avro.ts';
import { fromHeaders } from '../../schemas/cloud-events.ts';
import type { Envelope } from '../../schemas/envelope.ts';
import type { EventContract } from '../../schemas/event.ts';
import type { SchemaRegistry } from '../../schemas/registry.ts';
import { subjectOf } from '../names.ts';
import type { ConsumerDefinition, Delivery } from './definition.ts';
import type { Message } from './message.ts';

export type Decoded =
  | { readonly kind: 'event'; readonly delivery: Delivery }
  | { readonly kind: 'unread' }
  | { readonly kind: 'poison'; readonly error: Error }
  | { readonly kind: 'later'; readonly error: Error };

export interface Decoder {
  decode(message: Message): Promise<Decoded>;
}

/** What can never be read, whoever tries: malformed, or against its contract. */
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
 * The dead letter's code of a message whose type does not belong to its subject. The rights of NATS are about subjects, so somebody without
 * the right to publish that type may have made it: nothing in its headers counts, and its letter is not redriven.
 */
export const FOREIGN_SUBJECT = 'foreign_subject';

/**
 * The decoder of a consumer: checks the envelope against the subject, and reads the payload with the schema it was written with. `decode`
 * throws nothing; what it can't read is `poison`, or `later` while the writer's schema is not known.
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
        const { type: _, ...envelope } = envelopeOf(message);
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

/** For so long a schema that could not be had is not asked for again, in milliseconds: a batch must not wait for each of its events. */
const FAILED_FOR_MS = 500;
/** Schemas whose failure is remembered at most. */
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
 * Gives the contract to read a type by: `all`, by its writer's schema; undefined, it is not read.
 */
function contractsOf({ reads }: ConsumerDefinition): (type: string) => EventContract | 'all' | undefined {
  if (reads === 'all') return () => 'all';
  const contracts = new Map<string, EventContract>(reads.map((read) => [read.type, read]));
  return (type) => contracts.get(type);
}

/** `price/task` of `price/task/<id>`: an id holds no slash. */
export function aggregateOf(subject: string): string {
  return subject.slice(0, Math.max(0, subject.lastIndexOf('/')));
}

function envelopeOf(message: Message): Envelope {
  try {
    return fromHeaders((name) => message.header(name));
  } catch (error) {
    throw new Unreadable('malformed_envelope', messageOf(error), error);
  }
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
  const writerSchema = await registry.writerSchema(unreadableIfItThrows(() => readFingerprint(bytes)));
  const data = unreadableIfItThrows(() =>
    contract === 'all' ? decodeGeneric(writerSchema, bytes) : decodeEvent(contract, writerSchema, bytes),
  );
  const aggregateId = envelope.subject.slice(aggregate.length + 1);
  const idField = contract === 'all' ? undefined : contract.idField;
  // A business key is made of both: were they two things, it would hold for neither.
  if (idField !== undefined && data[idField] !== aggregateId) {
    throw new Unreadable('wrong_aggregate', `${type} carries another ${idField} than ${envelope.subject}`);
  }
  return { ...envelope, type, aggregateId, data } as Delivery;
}

/** Decoding is pure: what fails now fails always. */
function unreadableIfItThrows<Result>(decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    throw new Unreadable('undecodable', messageOf(error), error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
