/**
 * Checks the bytes of an Avro body before avsc reads them. avsc accepts invalid UTF-8 and ints of
 * 33 bits. For an array with a false length of a billion, it would create all items before it finds
 * the end of the bytes.
 */
import { isUtf8 } from 'node:buffer';
import type { Type, types } from 'avsc';

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** A 64-bit varint has at most ten bytes. */
const MAX_VARINT_BYTES = 10;
const INT_MIN = -(2n ** 31n);
const INT_MAX = 2n ** 31n - 1n;

/** Throws unless `bytes` are one value of `type` and nothing else. */
export function walk(type: Type, bytes: Buffer): void {
  const cursor = { bytes, at: 0 };
  walkValue(type, cursor);
  if (cursor.at !== bytes.length) throw new Error(`${bytes.length - cursor.at} bytes too many`);
}

function walkValue(type: Type, cursor: Cursor): void {
  const name = type.typeName;
  if (name.startsWith('logical:')) {
    walkValue((type as types.LogicalType).underlyingType, cursor);
    return;
  }
  const step = STEPS[name];
  if (step === undefined) throw new Error(`no way to read ${name}`);
  step(cursor, type);
}

const STEPS: Readonly<Record<string, (cursor: Cursor, type: Type) => void>> = {
  null: () => {},
  boolean: (cursor) => {
    if (cursor.bytes.readUInt8(skip(cursor, 1)) > 1) throw new Error('a boolean that is neither 0 nor 1');
  },
  int: (cursor) => {
    const value = varint(cursor);
    if (value < INT_MIN || value > INT_MAX) throw new Error(`${value} is no int`);
  },
  'abstract:long': varint,
  float: (cursor) => skip(cursor, 4),
  double: (cursor) => skip(cursor, 8),
  fixed: (cursor, type) => skip(cursor, (type as types.FixedType).size),
  bytes: (cursor) => skip(cursor, length(cursor)),
  string: walkText,
  enum: (cursor, type) => index(cursor, (type as types.EnumType).symbols, 'enum'),
  'union:unwrapped': (cursor, type) => {
    walkValue(index(cursor, (type as types.UnwrappedUnionType).types, 'union'), cursor);
  },
  record: (cursor, type) => {
    for (const field of (type as types.RecordType).fields) walkValue(field.type, cursor);
  },
  array: (cursor, type) => {
    walkBlocks(cursor, () => walkValue((type as types.ArrayType).itemsType, cursor));
  },
  map: (cursor, type) => {
    walkBlocks(cursor, () => {
      walkText(cursor);
      walkValue((type as types.MapType).valuesType as Type, cursor);
    });
  },
};

/** Advances by `count` bytes and returns the position before them. */
function skip(cursor: Cursor, count: number): number {
  const start = cursor.at;
  cursor.at += count;
  if (cursor.at > cursor.bytes.length) throw new Error('the bytes end early');
  return start;
}

function varint(cursor: Cursor): bigint {
  let zigzag = 0n;
  for (let read = 0; read < MAX_VARINT_BYTES; read++) {
    const byte = cursor.bytes.readUInt8(skip(cursor, 1));
    zigzag |= BigInt(byte & 0x7f) << BigInt(7 * read);
    if (byte < 0x80) return BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n));
  }
  throw new Error('a number of more than 64 bits');
}

/** A number of items, each of at least one byte. A number beyond the remaining bytes is invalid. */
function length(cursor: Cursor): number {
  const value = varint(cursor);
  if (value < 0n || value > cursor.bytes.length - cursor.at) throw new Error('the bytes end early');
  return Number(value);
}

function index<Item>(cursor: Cursor, items: readonly Item[], kind: string): Item {
  const item = items[Number(varint(cursor))];
  if (item === undefined) throw new Error(`the ${kind} has no such branch`);
  return item;
}

function walkText(cursor: Cursor): void {
  const size = length(cursor);
  const start = skip(cursor, size);
  if (!isUtf8(cursor.bytes.subarray(start, start + size))) throw new Error('text that is not UTF-8');
}

function walkBlocks(cursor: Cursor, walkItem: () => void): void {
  for (;;) {
    let count = varint(cursor);
    if (count === 0n) return;
    // A negative count means that the block's size in bytes follows, for readers that skip it.
    if (count < 0n) {
      count = -count;
      length(cursor);
    }
    if (count > cursor.bytes.length - cursor.at) throw new Error('the bytes end early');
    for (let item = 0n; item < count; item++) walkItem();
  }
}
