/**
 * Events as bytes, in Avro's single-object encoding: two marker bytes, the fingerprint of the
 * writer's schema (eight bytes, little-endian), and the body.
 */
import type { Type, types } from 'avsc';
import { avroType, fingerprintOfType } from './avro-types.ts';
import { walk } from './avro-walk.ts';
import type { AvroRecord, EventContract, EventData } from './event.ts';
import { messageOf, truncate } from './text.ts';

const MARKER = Buffer.from([0xc3, 0x01]);
const HEADER_BYTES = 10;

/**
 * The data of an event violate its contract: a bug of the producer. `path` names the field, such as
 * `byOwner.0.ownerId`.
 */
export class EncodingError extends Error {
  readonly path: string;

  constructor(type: string, path: string, reason: string, options?: ErrorOptions) {
    super(`${type}: ${path === '' ? 'the data' : path} ${reason}`, options);
    this.name = 'EncodingError';
    this.path = path;
  }
}

/** Bytes that can never be read: a retry cannot help. */
export class DecodingError extends Error {
  override readonly name = 'DecodingError';
}

type Resolver = ReturnType<Type['createResolver']>;

interface Codec {
  readonly type: Type;
  readonly fingerprint: string;
  readonly header: Buffer;
  /** The resolvers for other writer schemas; null when a schema can't be resolved. */
  readonly resolvers: WeakMap<Codec, Resolver | null>;
}

/**
 * By schema object: contracts are constants, and the registry returns one object per fingerprint.
 */
const codecs = new WeakMap<AvroRecord, Codec>();

function codecOf(schema: AvroRecord): Codec {
  let codec = codecs.get(schema);
  if (codec === undefined) {
    const type = avroType(schema);
    const fingerprint = fingerprintOfType(type);
    const header = Buffer.concat([MARKER, Buffer.from(fingerprint, 'hex').reverse()]);
    codec = { type, fingerprint, header, resolvers: new WeakMap() };
    codecs.set(schema, codec);
  }
  return codec;
}

/** CRC-64-AVRO of the Parsing Canonical Form of a contract (or any record): 16 hex digits. */
export function fingerprintOf(contract: { readonly schema: AvroRecord }): string {
  return codecOf(contract.schema).fingerprint;
}

/** Encodes the data of an event; throws `EncodingError`. A missing field gets its default. */
export function encodeEvent<C extends EventContract>(contract: C, data: EventData<C>): Buffer {
  const { type, header } = codecOf(contract.schema);
  try {
    return Buffer.concat([header, type.toBuffer(data)]);
  } catch (cause) {
    throw encodingError(contract.type, type, data, cause);
  }
}

/** Finds the invalid field. It runs only for refused data, because it takes as long as encoding. */
function encodingError(eventType: string, type: Type, data: unknown, cause: unknown): EncodingError {
  let path = '';
  let reason = 'breaks the contract';
  type.isValid(data, {
    errorHook: (at, value, expected) => {
      path = at.join('.');
      reason = `is ${describe(value)}, but should be ${expectation(expected)}`;
    },
  });
  return new EncodingError(eventType, path, reason, { cause });
}

/** Long values would fill the logs, so only their beginning is shown. */
function describe(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(truncate(value, 50)) : String(value);
  return value === undefined ? 'missing' : `${text} (${value === null ? 'null' : typeof value})`;
}

function expectation(type: Type): string {
  if (type.typeName === 'abstract:long') return 'a safe integer';
  if (type.typeName === 'string') return 'well-formed text';
  if (type.typeName.startsWith('logical:')) return type.typeName.slice('logical:'.length);
  if (type.typeName === 'union:unwrapped') {
    return (type as types.UnwrappedUnionType).types.map(expectation).join(' or ');
  }
  return type.typeName;
}

/**
 * The fingerprint of the writer's schema; throws `DecodingError` when the bytes are not in
 * single-object encoding.
 */
export function readFingerprint(bytes: Uint8Array): string {
  if (bytes.length < HEADER_BYTES || bytes[0] !== MARKER[0] || bytes[1] !== MARKER[1]) {
    throw new DecodingError('The payload is not in the single-object encoding of Avro');
  }
  return Buffer.from(bytes.subarray(MARKER.length, HEADER_BYTES)).reverse().toString('hex');
}

/**
 * Decodes the data of an event of any age: from `writerSchema` (see the registry) to the fields of
 * `contract`. Throws `DecodingError` for invalid bytes, and for a schema that doesn't resolve to
 * the contract's.
 */
export function decodeEvent<C extends EventContract>(
  contract: C,
  writerSchema: AvroRecord,
  bytes: Uint8Array,
): EventData<C> {
  const reader = codecOf(contract.schema);
  const writer = codecOf(writerSchema);
  return readBody(writer, bytes, (body) => {
    const resolver = reader === writer ? undefined : resolverOf(reader, writer);
    return reader.type.fromBuffer(body, resolver) as EventData<C>;
  });
}

/** Decodes an event in its writer's schema, for consumers of all types. Throws `DecodingError`. */
export function decodeGeneric(writerSchema: AvroRecord, bytes: Uint8Array): Record<string, unknown> {
  const writer = codecOf(writerSchema);
  return readBody(writer, bytes, (body) => ({ ...(writer.type.fromBuffer(body) as object) }));
}

function readBody<Value>(writer: Codec, bytes: Uint8Array, read: (body: Buffer) => Value): Value {
  const fingerprint = readFingerprint(bytes);
  if (fingerprint !== writer.fingerprint) {
    throw new DecodingError(`The payload was written with ${fingerprint}, not with ${writer.fingerprint}`);
  }
  const body = Buffer.from(bytes.buffer, bytes.byteOffset + HEADER_BYTES, bytes.length - HEADER_BYTES);
  try {
    walk(writer.type, body);
    return read(body);
  } catch (cause) {
    throw new DecodingError(`The payload is no ${writer.type.name}: ${messageOf(cause)}`, { cause });
  }
}

function resolverOf(reader: Codec, writer: Codec): Resolver {
  let resolver = reader.resolvers.get(writer);
  if (resolver === undefined) {
    try {
      resolver = reader.type.createResolver(writer.type);
    } catch {
      // avsc throws only plain errors here. A failure is cached, so that a stream of such events
      // stays cheap.
      resolver = null;
    }
    reader.resolvers.set(writer, resolver);
  }
  if (resolver === null)
    throw new Error(`its schema ${writer.fingerprint} does not resolve to the contract's`);
  return resolver;
}
