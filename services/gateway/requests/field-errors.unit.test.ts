import { describe, expect, it } from '@jest/globals';
import { array, object, record } from '#schemas/answers.ts';
import { businessDay, id, line, secret, whole } from '#schemas/params.ts';
import { Validator } from '#schemas/validator.ts';
import { fieldErrors } from './field-errors.ts';

const RULES = {
  sort: { type: 'enum', values: ['name', '-name'], optional: true },
  day: { ...businessDay(), optional: true },
  name: { ...line(2, 20), optional: true },
  count: { ...whole(1, 9), optional: true },
  pin: { ...secret(), pattern: /^\d{4}$/, expects: 'four digits', optional: true },
  box: { ...object({ kinds: array({ type: 'enum', values: ['a'] }) }), optional: true },
  sizes: { ...record({ type: 'enum', values: ['s', 'm'] }), optional: true },
  toy: { ...id(), optional: true },
} as const;

const validator = new Validator({ useNewCustomCheckerFunction: true });
const check = validator.compile({ ...RULES, $$strict: true });
const faultsOf = (params: object) => fieldErrors(check(params), RULES);

describe('a value that an enum or a pattern refuses', () => {
  it.each([
    [
      { sort: 'size' },
      'enum_value',
      "'sort' must be one of name, -name; it was 'size'.",
      { values: ['name', '-name'] },
    ],
    [
      { day: '2026-3-1' },
      'string_pattern',
      "'day' must be a day as YYYY-MM-DD, such as 2026-03-31; it was '2026-3-1'.",
      { pattern: String.raw`^\d{4}-\d{2}-\d{2}$`, example: '2026-03-31' },
    ],
    [
      { box: { kinds: ['a', 'b'] } },
      'enum_value',
      "'box.kinds[1]' must be a; it was 'b'.",
      { values: ['a'] },
    ],
    [
      { sizes: { hat: 7 } },
      'enum_value',
      "'sizes.hat' must be one of s, m; it was 7.",
      { values: ['s', 'm'] },
    ],
    [
      { sort: { a: 'b' } },
      'enum_value',
      "'sort' must be one of name, -name; it was an object.",
      { values: ['name', '-name'] },
    ],
    [
      { sort: ['b'] },
      'enum_value',
      "'sort' must be one of name, -name; it was a list.",
      { values: ['name', '-name'] },
    ],
  ])('API-1: is named with what is allowed: %j', (params, code, message, values) => {
    expect(faultsOf(params)).toEqual([{ field: expect.any(String), code, message, params: values }]);
  });

  it('is repeated in one line of bounded length', () => {
    const [fault] = faultsOf({ sort: `a\u0000\u202e\n\ud800${'😀'.repeat(1_000)}` });
    expect(fault?.message).toContain(`'a ${'😀'.repeat(98)}…'`);
    expect(fault?.message).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
  });

  it('API-1: is not repeated if it is a secret', () => {
    const [fault] = faultsOf({ pin: 'canary' });
    expect(fault).toMatchObject({ field: 'pin', message: "'pin' must be four digits, such as text." });
    expect(JSON.stringify(fault)).not.toContain('canary');
  });
});

describe('a limit that a value breaks', () => {
  it.each([
    [{ name: 'x' }, 'string_min', { min: 2 }],
    [{ name: 'x'.repeat(21) }, 'string_max', { max: 20 }],
    [{ count: 10 }, 'number_max', { max: 9 }],
    [{ count: 1.5 }, 'number_integer', {}],
    [{ toy: 'x' }, 'uuid', {}],
  ])('is in the params of the error: %j', (params, code, limits) => {
    expect(faultsOf(params)).toMatchObject([{ code, params: limits }]);
  });

  it('is left out without the rules, as for errors of another node', () => {
    expect(fieldErrors(check({ count: 10 }))).toMatchObject([{ code: 'number_max', params: {} }]);
  });
});
