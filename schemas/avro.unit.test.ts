import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DecodingError,
  decodeEvent,
  decodeGeneric,
  EncodingError,
  encodeEvent,
  fingerprintOf,
  readFingerprint,
} from './avro.ts';
import { type AvroRecord, defineEvent, type EventContract, nullable, timestamp, uuid } from './event.ts';

const PARROT = '0198b3c1-7d4e-7a10-9f00-000000000001';

const sample = defineEvent({
  type: 'parrots.sample.made.v1',
  aggregate: 'sample',
  fields: [
    { name: 'parrotId', type: uuid },
    { name: 'title', type: 'string' },
    { name: 'note', type: nullable('string'), default: null },
    { name: 'amount', type: 'long' },
    { name: 'count', type: 'int' },
    { name: 'at', type: timestamp },
    { name: 'done', type: 'boolean' },
    { name: 'kind', type: { type: 'enum', name: 'parrots.Kind', symbols: ['seed', 'nut'] } },
    {
      name: 'shares',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'parrots.Share',
          fields: [{ name: 'userId', type: nullable(uuid), default: null }],
        },
      },
    },
  ],
});

const data = {
  parrotId: PARROT,
  title: 'Wash the cage 🦜',
  note: null,
  amount: -6_000_000_000_000_001,
  count: 3,
  at: 1_780_000_000_000,
  done: true,
  kind: 'seed',
  shares: [{ userId: PARROT }, { userId: null }],
} as const;

const bytes = encodeEvent(sample, data);

/** The schema's header, followed by any body. */
const withBody = (body: Buffer) => Buffer.concat([bytes.subarray(0, 10), body]);

describe('an event', () => {
  it('starts with the marker and the little-endian fingerprint of its schema', () => {
    expect(bytes.subarray(0, 2).toString('hex')).toBe('c301');
    expect(Buffer.from(bytes.subarray(2, 10)).reverse().toString('hex')).toBe(fingerprintOf(sample));
    expect(readFingerprint(bytes)).toBe(fingerprintOf(sample));
  });

  it('is read as it was written', () => {
    expect(decodeEvent(sample, sample.schema, bytes)).toEqual(data);
    expect(decodeGeneric(sample.schema, bytes)).toEqual(data);
  });

  it('gets defaults for missing fields', () => {
    const { note: _, ...rest } = data;
    expect(decodeEvent(sample, sample.schema, encodeEvent(sample, rest as typeof data))).toEqual(data);
  });

  it('is read as it was written, for any safe integers and texts', () => {
    const values = fc.record({
      amount: fc.maxSafeInteger(),
      at: fc.maxSafeInteger(),
      count: fc.integer(),
      title: fc.string({ unit: 'binary' }),
      note: fc.option(fc.string({ unit: 'binary' })),
    });
    fc.assert(
      fc.property(values, (some) => {
        const event = { ...data, ...some };
        expect(decodeEvent(sample, sample.schema, encodeEvent(sample, event))).toEqual(event);
      }),
    );
  });
});

describe('data that breaks its contract', () => {
  const cases: readonly (readonly [string, object, path: string])[] = [
    ['text that is no UUID', { parrotId: 'x' }, 'parrotId'],
    ['a missing field', { title: undefined }, 'title'],
    ['half a surrogate pair', { title: 'a\ud800' }, 'title'],
    ['half a surrogate pair in a long text', { title: `${'a'.repeat(100)}\ud800` }, 'title'],
    ['a BigInt', { amount: 5n }, 'amount'],
    ['a long beyond the safe integers', { amount: 2 ** 53 }, 'amount'],
    ['a long below the safe integers', { amount: -(2 ** 53) }, 'amount'],
    ['a fraction', { amount: 1.5 }, 'amount'],
    ['NaN', { amount: Number.NaN }, 'amount'],
    ['an int of 33 bits', { count: 2 ** 31 }, 'count'],
    ['a Date for a timestamp', { at: new Date(0) }, 'at'],
    ['a timestamp with a fraction', { at: 0.5 }, 'at'],
    ['a symbol that the enum lacks', { kind: 'gift' }, 'kind'],
    ['a number for a nullable text', { note: 1 }, 'note'],
    ['no UUID within an array', { shares: [{ userId: null }, { userId: 'x' }] }, 'shares.1.userId'],
  ];

  it.each(cases)('is refused with its path: %s', (_, change, path) => {
    const encode = () => encodeEvent(sample, { ...data, ...change } as typeof data);
    expect(encode).toThrow(EncodingError);
    expect(encode).toThrow(expect.objectContaining({ path, message: expect.stringContaining(path) }));
  });
});

describe('bytes that are not an event of the schema', () => {
  const body = bytes.subarray(10);
  const long = (value: bigint) => {
    const out: number[] = [];
    for (let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)); ; rest >>= 7n) {
      if (rest < 0x80n) return Buffer.from([...out, Number(rest)]);
      out.push(Number(rest & 0x7fn) | 0x80);
    }
  };
  const single = (type: AvroRecord['fields'][number]['type']): EventContract =>
    defineEvent({ type: 'x.single.made.v1', aggregate: 'x', fields: [{ name: 'value', type }] });
  const decodeSingle = (type: AvroRecord['fields'][number]['type'], value: Buffer) => {
    const contract = single(type);
    const header = Buffer.from(fingerprintOf(contract), 'hex').reverse();
    const event = Buffer.concat([Buffer.from([0xc3, 0x01]), header, value]);
    return () => decodeEvent(contract, contract.schema, event);
  };

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['another marker', Buffer.concat([Buffer.from([0xc3, 0x02]), bytes.subarray(2)])],
    ['half a header', bytes.subarray(0, 9)],
    ['another fingerprint', Buffer.concat([bytes.subarray(0, 2), Buffer.alloc(8), body])],
    ['a byte too many', Buffer.concat([bytes, Buffer.from([0])])],
  ])('are poison: %s', (_, poison) => {
    expect(() => decodeEvent(sample, sample.schema, poison)).toThrow(DecodingError);
    expect(() => decodeGeneric(sample.schema, poison)).toThrow(DecodingError);
  });

  it('are poison at whatever byte they are cut', () => {
    for (let end = 0; end < body.length; end++) {
      expect(() => decodeEvent(sample, sample.schema, withBody(body.subarray(0, end)))).toThrow(
        DecodingError,
      );
    }
  });

  it('either decode or are poison, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(body.length - 1), (noise, at) => {
        for (const some of [noise, Buffer.concat([body.subarray(0, at), noise])]) {
          try {
            decodeEvent(sample, sample.schema, withBody(Buffer.from(some)));
          } catch (error) {
            expect(error).toBeInstanceOf(DecodingError);
          }
        }
      }),
    );
  });

  it('are poison if a long is not a safe integer', () => {
    expect(decodeSingle('long', long(2n ** 53n - 1n))()).toEqual({ value: Number.MAX_SAFE_INTEGER });
    expect(decodeSingle('long', long(-(2n ** 53n) + 1n))()).toEqual({ value: Number.MIN_SAFE_INTEGER });
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(decodeSingle('long', long(value))).toThrow(DecodingError);
      expect(decodeSingle(timestamp, long(value))).toThrow(DecodingError);
    }
  });

  it('are poison if an int has 33 bits, a number has 71 bits or a text is not UTF-8', () => {
    expect(decodeSingle('int', long(2n ** 31n))).toThrow(DecodingError);
    expect(decodeSingle('long', Buffer.from([...Array(10).fill(0x80), 0]))).toThrow(DecodingError);
    expect(decodeSingle('string', Buffer.from([4, 0xc3, 0x28]))).toThrow(DecodingError);
  });

  it('are poison at once if an array claims more items than there are bytes', () => {
    const endless = Buffer.concat([long(2n ** 60n), Buffer.from([0])]);
    expect(decodeSingle({ type: 'array', items: 'null' }, endless)).toThrow(DecodingError);
    expect(decodeSingle({ type: 'array', items: 'string' }, endless)).toThrow(DecodingError);
  });

  it('are poison if a text written by a less strict schema is not a UUID', () => {
    const lax = single('string');
    const event = encodeEvent(lax, { value: 'x' } as never);
    expect(() => decodeEvent(single(uuid), lax.schema, event)).toThrow(DecodingError);
  });
});

describe('an event of an older or newer schema', () => {
  const older: AvroRecord = {
    ...sample.schema,
    fields: [
      ...sample.schema.fields.filter((field) => field.name !== 'note'),
      { name: 'colour', type: nullable('string'), default: null },
    ],
  };
  const { note: _, ...common } = data;
  const written = encodeEvent({ ...sample, schema: older }, { ...common, colour: 'red' } as never);

  it("is read as the reader's schema: unknown fields left out, missing ones by default", () => {
    expect(readFingerprint(written)).not.toBe(fingerprintOf(sample));
    expect(decodeEvent(sample, older, written)).toEqual(data);
    expect(decodeEvent(sample, older, written)).toEqual(data);
  });

  it('is read as it was written by a reader of all types', () => {
    expect(decodeGeneric(older, written)).toEqual({ ...common, colour: 'red' });
  });

  it('is poison when its schema does not resolve', () => {
    const renamed: AvroRecord = { ...sample.schema, name: 'parrots.Other' };
    const event = encodeEvent({ ...sample, schema: renamed }, data as never);
    expect(() => decodeEvent(sample, renamed, event)).toThrow(DecodingError);
    expect(() => decodeEvent(sample, renamed, event)).toThrow(DecodingError);
  });
});
