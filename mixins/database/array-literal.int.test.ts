import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from './open.fixture.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

const TEXTS = ['', ' ', 'NULL', 'null', 'a,b', '{}', '"', '\\', '\\"', "''", 'two\nlines', 'попуг 🦜', null];

it.each<[type: string, values: unknown[]]>([
  ['text', TEXTS],
  ['text', []],
  ['text', [null]],
  ['bigint', [-9_007_199_254_740_991, 0, null]],
  ['double precision', [0.1, -1e300, null]],
  ['boolean', [true, false, null]],
  ['bytea', [Buffer.from([0, 92, 34, 255]), Buffer.alloc(0), null]],
  // The driver writes this one.
  ['timestamptz', [new Date(86_400_000), null]],
])('gives PostgreSQL the elements of an array: %s', async (type, values) => {
  const [row] = await test.database.rows<{ value: unknown }>(`SELECT $1::${type}[] AS value`, [values]);
  expect(row?.value).toEqual(values);
});

it('refuses a text that PostgreSQL cannot store', async () => {
  await expect(test.database.rows('SELECT $1::text[]', [['a\0b']])).rejects.toThrow(/invalid byte sequence/);
});
