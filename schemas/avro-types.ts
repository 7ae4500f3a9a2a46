/**
 * The schemas of contracts as avsc types. The logical types of contracts are checked when writing
 * and reading.
 */
import avro, { type Schema, type Type } from 'avsc';
import { crc64 } from './crc64.ts';
import type { AvroSchema } from './event.ts';

type ForSchemaOptions = NonNullable<Parameters<typeof avro.Type.forSchema>[1]>;

interface SchemaObject {
  readonly type: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Accepts any UUID version, in either case, with hyphens. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/**
 * avsc computes longs in floating point: below -2^52 it silently writes other numbers, even with
 * the wrong sign. This type refuses unsafe integers (and every BigInt) and is exact for the rest.
 */
const safeLong = avro.types.LongType.__with({
  isValid: (value: unknown) => Number.isSafeInteger(value),
  toBuffer(value: number): Buffer {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromBuffer(bytes: Buffer): number {
    const value = bytes.readBigInt64LE();
    if (BigInt.asIntN(54, value) !== value || !Number.isSafeInteger(Number(value))) {
      throw new Error(`${value} is no safe integer`);
    }
    return Number(value);
  },
  toJSON: Number,
  fromJSON: Number,
  compare: (a: number, b: number) => Math.sign(a - b),
});

/** The methods of a type that avsc calls when it writes; its declarations leave them out. */
interface Writer {
  _check(value: unknown, flags?: number, hook?: (value: unknown, type: Type) => void): boolean;
  _write(tap: object, value: unknown): void;
}
const avroString = avro.types.StringType.prototype as unknown as Writer;

/**
 * Text that UTF-8 can encode. avsc would write half a surrogate pair as invalid UTF-8, or as
 * U+FFFD.
 */
class Text extends avro.types.StringType {
  _check(value: unknown, _flags?: number, hook?: (value: unknown, type: Type) => void): boolean {
    if (typeof value === 'string' && value.isWellFormed()) return true;
    hook?.(value, this);
    return false;
  }
  _write(tap: object, value: unknown): void {
    if (typeof value === 'string' && !value.isWellFormed()) throw new Error('half a surrogate pair');
    avroString._write.call(this, tap, value);
  }
}

const STRICT_PRIMITIVES = { long: safeLong, string: new Text() };

function strictPrimitive(name: string): Type | undefined {
  return name === 'long' || name === 'string' ? STRICT_PRIMITIVES[name] : undefined;
}

/**
 * A logical type that leaves values unchanged and refuses invalid ones, when writing and when
 * reading.
 */
function checkedType(base: string, logicalType: string, holds: (value: unknown) => boolean) {
  const check = (value: unknown): unknown => {
    if (!holds(value)) throw new Error(`${JSON.stringify(value)} is not a ${logicalType}`);
    return value;
  };
  return class extends avro.types.LogicalType {
    constructor(schema: SchemaObject, options: object) {
      super(schema as Schema, { ...options, typeHook: () => strictPrimitive(base) });
      if (schema.type !== base) throw new Error(`${logicalType} must be a ${base}`);
    }
    override _fromValue = check;
    override _toValue(value: unknown): unknown {
      return holds(value) ? value : undefined;
    }
    override _resolve(writer: Type): ((value: unknown) => unknown) | undefined {
      const theirs = writer instanceof avro.types.LogicalType ? writer.underlyingType : writer;
      return theirs.typeName === this.underlyingType.typeName ? check : undefined;
    }
  };
}

const LOGICAL_TYPES = {
  uuid: checkedType('string', 'uuid', isUuid),
  'timestamp-millis': checkedType('long', 'timestamp-millis', Number.isSafeInteger),
  date: checkedType('int', 'date', Number.isInteger),
};

/** avsc finds `long` in its registry, but makes a new type for `{ "type": "long" }`. */
function useStrictPrimitive(schema: Schema): Type | undefined {
  if (typeof schema !== 'object' || !('type' in schema) || typeof schema.type !== 'string') return undefined;
  const logical = 'logicalType' in schema && Object.hasOwn(LOGICAL_TYPES, String(schema.logicalType));
  return logical ? undefined : strictPrimitive(schema.type);
}

/**
 * Compiles a schema. Throws when it is not valid Avro, or when JavaScript values can't tell the
 * branches of a union apart.
 */
export function avroType(schema: AvroSchema): Type {
  return avro.Type.forSchema(schema as Schema, {
    logicalTypes: LOGICAL_TYPES as NonNullable<ForSchemaOptions['logicalTypes']>,
    assertLogicalTypes: true,
    registry: { ...STRICT_PRIMITIVES },
    typeHook: useStrictPrimitive,
    wrapUnions: 'never',
    omitRecordMethods: true,
  });
}

/** The Parsing Canonical Form of the Avro specification. */
export function canonicalForm(type: Type): string {
  return JSON.stringify(type.schema());
}

/** The fingerprint of a compiled schema: 16 lower-case hex digits, the most significant first. */
export function fingerprintOfType(type: Type): string {
  return crc64(Buffer.from(canonicalForm(type)))
    .toString(16)
    .padStart(16, '0');
}
