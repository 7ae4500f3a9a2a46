import { describe, expect, it } from '@jest/globals';
import { makeAjv } from '../test/harness/ajv.ts';
import {
  amount,
  array,
  boolean,
  json,
  nullable,
  object,
  oneOf,
  openObject,
  record,
  string,
  time,
} from './answers.ts';
import { exampleOf, schemaOf, schemaOfFields } from './json-schema.ts';
import { businessDay, dayOrTime, id, line, meOrId, optional, page, text, whole } from './params.ts';

const ajv = makeAjv();

/** Each kind of rule, its schema, and values that the schema refuses. */
const KINDS: readonly [string, object, object, readonly unknown[]][] = [
  ['any', json(), {}, []],
  ['boolean', boolean(), { type: 'boolean' }, [1, 'true', null]],
  ['uuid', id(), { type: 'string', format: 'uuid' }, ['x', 1]],
  ['string', string(), { type: 'string' }, [1, null]],
  ['string of a length', page.cursor, { type: 'string', minLength: 1, maxLength: 500 }, ['']],
  [
    'string of a form',
    businessDay(),
    { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
    ['2026', '2026-01-01 '],
  ],
  ['time', time(), expect.objectContaining({ type: 'string', format: 'date-time' }), ['2026-01-01']],
  ['day or time', dayOrTime(), expect.objectContaining({ pattern: expect.any(String) }), ['2026']],
  ['me or id', meOrId(), expect.objectContaining({ pattern: expect.any(String) }), ['you']],
  ['line', line(1, 3), { type: 'string', minLength: 1, maxLength: 3 }, ['', '🦜🦜🦜🦜']],
  ['text', text(10, 8), { type: 'string', minLength: 8, maxLength: 10 }, ['1234567', '12345678901']],
  ['whole number', whole(2, 3), { type: 'integer', minimum: 2, maximum: 3 }, [1, 4, 2.5, '2']],
  ['amount', amount(), expect.objectContaining({ type: 'integer' }), [0.5]],
  ['number', { type: 'number' }, { type: 'number' }, ['1']],
  ['number but one', { type: 'number', notEqual: 0 }, { type: 'number', not: { const: 0 } }, [0]],
  ['enum', oneOf('a', 'b'), { type: 'string', enum: ['a', 'b'] }, ['c', null]],
  ['enum of several types', oneOf('a', true), { enum: ['a', true] }, ['true', null]],
  ['array', array(boolean()), { type: 'array', items: { type: 'boolean' } }, [[1], {}]],
  [
    'set',
    { ...array(string()), min: 1, max: 2, unique: true },
    { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2, uniqueItems: true },
    [[], ['a', 'a'], ['a', 'b', 'c']],
  ],
  ['record', record(boolean()), { type: 'object', additionalProperties: { type: 'boolean' } }, [{ a: 1 }]],
  [
    'object',
    object({ a: boolean(), b: optional(boolean()) }),
    {
      type: 'object',
      properties: { a: { type: 'boolean' }, b: { type: 'boolean' } },
      required: ['a'],
      additionalProperties: false,
    },
    [{}, { a: true, c: 1 }, { a: true, b: null }],
  ],
  [
    'open object',
    openObject({ a: boolean() }),
    { type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'] },
    [{ b: 1 }],
  ],
  ['default', page.limit, { type: 'integer', minimum: 1, maximum: 200, default: 50 }, [0]],
  ['nullable', nullable(boolean()), { type: ['boolean', 'null'] }, [0]],
  [
    'nullable enum',
    nullable(oneOf('a')),
    { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] },
    ['b'],
  ],
];

describe.each(KINDS)('a rule of the kind %s', (_, rule, schema, others) => {
  it('has a schema', () => {
    expect(schemaOf(rule)).toEqual(schema);
  });

  it('has an example that the schema accepts, while it refuses other values', () => {
    const check = ajv.compile(schemaOf(rule));
    expect([check(exampleOf(rule)), check.errors]).toEqual([true, null]);
    expect(others.filter((value) => check(value))).toEqual([]);
  });
});

describe('an optional field', () => {
  it('may be null in a body', () => {
    const schema = schemaOfFields({ $$strict: true, a: optional(boolean()) }, { isNullMissing: true });
    expect(schema).toMatchObject({ properties: { a: { type: ['boolean', 'null'] } } });
    expect(schema).not.toHaveProperty('required');
  });
});

describe('a shape with a name', () => {
  const shape = { a: boolean() };
  const refOf = (fields: object) => (fields === shape ? '#/shape' : undefined);

  it('is referred to, wherever it occurs', () => {
    expect(schemaOfFields(shape, { refOf })).toEqual({ $ref: '#/shape' });
    const rules = { one: object(shape), some: array(object(shape)), none: nullable(object(shape)) };
    expect(schemaOfFields(rules, { refOf })).toMatchObject({
      properties: {
        one: { $ref: '#/shape' },
        some: { items: { $ref: '#/shape' } },
        none: { anyOf: [{ $ref: '#/shape' }, { type: 'null' }] },
      },
    });
  });
});

describe('a rule that has no translation', () => {
  it.each([
    [{ type: 'tuple' }, 'rules of type tuple'],
    [{ type: 'toString' }, 'rules of type toString'],
    ['string', 'rules of type undefined'],
    [{ type: 'string', alphanum: true }, 'the option alphanum'],
    [array({ type: 'class' }), 'rules of type class'],
    [{ type: 'string', pattern: /a/i, example: 'a' }, 'the flags of /a/i'],
  ] as [object, string][])('is refused: %j', (rule, message) => {
    expect(() => schemaOf(rule)).toThrow(message);
  });

  it('may be a pattern without an example', () => {
    expect(() => exampleOf({ type: 'string', pattern: /a/ })).toThrow('needs an example');
  });
});
