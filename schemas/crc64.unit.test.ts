import { describe, expect, it } from '@jest/globals';
import { avroType, canonicalForm } from './avro-types.ts';
import { crc64 } from './crc64.ts';
import type { AvroSchema } from './event.ts';

/**
 * Schema, Parsing Canonical Form, fingerprint as a signed number: share/test/data/schema-tests.txt
 * of Apache Avro.
 */
const PUBLISHED: readonly (readonly [schema: unknown, canonical: string, fingerprint: bigint])[] = [
  ['null', '"null"', 7195948357588979594n],
  ['boolean', '"boolean"', -6970731678124411036n],
  [{ type: 'int' }, '"int"', 8247732601305521295n],
  ['long', '"long"', -3434872931120570953n],
  ['string', '"string"', -8142146995180207161n],
  [['int', { type: 'boolean' }], '["int","boolean"]', 5392556393470105090n],
  [
    { fields: [], type: 'record', name: 'foo', namespace: 'x.y', doc: 'Useful info' },
    '{"name":"x.y.foo","type":"record","fields":[]}',
    5916914534497305771n,
  ],
  [
    {
      fields: [
        { type: 'boolean', aliases: [], name: 'f1', default: true },
        { order: 'descending', name: 'f2', doc: 'Hello', type: 'int' },
      ],
      type: 'record',
      name: 'foo',
    },
    '{"name":"foo","type":"record","fields":[{"name":"f1","type":"boolean"},{"name":"f2","type":"int"}]}',
    -4860222112080293046n,
  ],
  [
    { namespace: 'x.y.z', type: 'enum', name: 'foo', doc: 'foo bar', symbols: ['A1', 'A2'] },
    '{"name":"x.y.z.foo","type":"enum","symbols":["A1","A2"]}',
    -4448647247586288245n,
  ],
  [{ items: { type: 'null' }, type: 'array' }, '{"type":"array","items":"null"}', -589620603366471059n],
];

describe('the CRC-64-AVRO of nothing', () => {
  it('is the polynomial', () => {
    expect(crc64(new Uint8Array())).toBe(0xc15d213aa4d7a795n);
  });
});

describe.each(PUBLISHED)('the published schema %j', (schema, canonical, fingerprint) => {
  it('has the published canonical form and fingerprint', () => {
    expect(canonicalForm(avroType(schema as AvroSchema))).toBe(canonical);
    expect(BigInt.asIntN(64, crc64(Buffer.from(canonical)))).toBe(fingerprint);
  });
});
