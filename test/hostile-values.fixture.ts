/**
 * Hostile values for paths, queries, JSON bodies and cursors. The same seed gives the same values.
 */
import fc from 'fast-check';

const LONG = 5_000;

/** Percent-encoded, so that lone surrogates and NUL can be sent too. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...['0000-01-01', '0000-12-31', '-0001-01-01', '-000001-01-01', '10000-01-01', '+275760-09-13'],
  ...['9999-12-31', '2026-02-30', '2026-13-01', '0001-01-01', '0000-00-00', 'infinity', '-infinity', 'now'],
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59.999-14:00'],
  ...['2026-01-01T24:00:00Z', '2026-01-01T00:00Z', '2026-01-01T00:00:00+99:99'],
  ...['0', '-0', '-1', '201', '0x1', '1e1', '1e999', '1.5', ' 1 ', 'NaN', 'Infinity', '0b1', '1_0', '١'],
  ...['9007199254740991', '9007199254740993', '-9007199254740992', '9223372036854775808', '9'.repeat(400)],
  ...[
    '',
    ' ',
    '\t',
    '\n',
    "'",
    '"',
    '\\',
    '%',
    '_',
    '[]',
    '{}',
    '[object Object]',
    'null',
    'true',
    'undefined',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'me', 'ME', "'; DROP TABLE task; --", '$1'],
  ...['ffffffff-ffff-ffff-ffff-ffffffffffff', '00000000-0000-0000-0000-000000000000'],
  ...['3F2504E0-4F89-41D3-9A0C-0305E82C3301', '{3f2504e0-4f89-41d3-9a0c-0305e82c3301}'],
  ...['𝕏'.repeat(50), '\u202e\u200b\ufeff', 'e\u0301'.repeat(100), 'x'.repeat(LONG)],
].map(encodeURIComponent);

/** Not UTF-8, or not representable as text in PostgreSQL. */
export const HOSTILE_BYTES: readonly string[] = [
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%FF',
  '%C0%80',
  '%',
  '%zz',
  '%u0041',
];

/** JSON values for a body. */
export const HOSTILE_JSON: readonly string[] = [
  ...HOSTILE_TEXTS.map((text) => JSON.stringify(decodeURIComponent(text))),
  ...[
    'null',
    'true',
    'false',
    '0',
    '-0',
    '-1',
    '1.5',
    '1e1',
    '1e308',
    '1e999',
    '9007199254740993',
    '9'.repeat(400),
  ],
  ...[
    '[]',
    '{}',
    '[[]]',
    '[null]',
    '["a"]',
    '["admin","admin"]',
    '[{}]',
    '{"a":1}',
    '{"length":1}',
    '{"toString":1}',
  ],
  ...['{"__proto__":{"x":1}}', '{"constructor":{"prototype":{}}}', '"\\u0000"', '"\\ud800"', '"a\\udc00b"'],
  `${'['.repeat(50)}${']'.repeat(50)}`,
  JSON.stringify(Array.from({ length: 200 }, (_, n) => `role-${n}`)),
];

/** Complete bodies. */
export const HOSTILE_BODIES: readonly string[] = [
  ...[
    '',
    ' ',
    'null',
    '[]',
    '1',
    '"x"',
    '{',
    '{}',
    '{"a":1,"a":2}',
    '{"__proto__":{}}',
    '{"":""}',
    '\u0000',
    '\ufeff{}',
  ],
  ...[
    '{"id":"00000000-0000-0000-0000-000000000000"}',
    '{"constructor":1}',
    `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
  ],
];

const uuid = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
/** Values for cursors: limits of dates, integers and floats, and other types. */
const part = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      '0000-01-01',
      '-0001-01-01',
      '0001-01-01',
      '9999-12-31',
      '10000-01-01',
      '2026-02-30',
      'infinity',
      'now',
      '',
    ],
    ...[8.64e15, -8.64e15, 8.64e15 + 1, -62_167_219_200_000, -62_135_596_800_001, 253_402_300_800_000],
    ...[0, -0, -1, 0.5, 1e21, 1e308, 2 ** 31, 2 ** 53, 2 ** 63, -(2 ** 63), Number.MIN_VALUE],
    ...[null, true, [], {}, [[]], uuid, uuid.toUpperCase(), 'not-a-uuid', '\u0000', '\ud800', '__proto__'],
  ),
  fc.double({ noNaN: true }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Cursors in the form of a list's own. `sorts` are the possible first parts of a cursor of tasks.
 */
export function forgedCursors(sorts: readonly string[], count: number, seed: number): string[] {
  const start = fc.constantFrom(...sorts);
  const arrays = fc.oneof(
    fc.tuple(start, part, fc.constant(uuid)),
    fc.tuple(part, fc.constant(uuid)),
    fc.tuple(fc.constantFrom('0000-01-01', '2026-01-01', '9999-12-31', '2026-02-30', 'infinity'), part),
    fc.array(part, { maxLength: 5 }),
  );
  const whole = fc.oneof(
    { weight: 8, arbitrary: arrays.map(encoded) },
    { weight: 1, arbitrary: part.map(encoded) },
    { weight: 1, arbitrary: fc.base64String({ maxLength: 60 }).map(encodeURIComponent) },
  );
  return fc.sample(whole, { numRuns: count, seed });
}

/** The sort that a forged cursor names, to be sent with it. */
export function sortOf(cursor: string, sorts: readonly string[]): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) ? sorts.find((sort) => sort === parsed[0]) : undefined;
  } catch {
    return undefined;
  }
}
