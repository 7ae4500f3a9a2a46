import { describe, expect, it } from '@jest/globals';
import { Validators } from 'moleculer';
import { id, line, optional, type ParamsOf, page, text } from './params.ts';

/** Configured as in brokers (mixins/broker.ts). */
const validator = new Validators.Fastest({
  useNewCustomCheckerFunction: true,
  defaults: { object: { strict: true } },
});

const rules = {
  $$strict: true,
  title: line(1, 5),
  description: optional(text(10)),
  ownerId: optional(id()),
  kind: optional({ type: 'enum', values: ['a', 'b'] }),
  tags: optional({ type: 'array', items: { type: 'string' } }),
  ...page,
} as const;

const check = validator.compile(rules) as (params: object) => true | { field: string; type: string }[];

/** The params as a handler gets them, or the refused fields. */
function outcome(params: object): unknown {
  const copy = { title: 'a', ...params };
  const result = check(copy);
  return result === true ? copy : result.map(({ field }) => field);
}

describe('a line', () => {
  it('is trimmed, then measured', () => {
    expect(outcome({ title: '\n a \t' })).toMatchObject({ title: 'a' });
    expect(outcome({ title: '   ' })).toEqual(['title']);
    expect(outcome({ title: 'abcdef' })).toEqual(['title']);
    expect(outcome({ title: 'Kä🦜' })).toMatchObject({ title: 'Kä🦜' });
  });

  it.each(['a\u0000', 'a\tb', 'a\nb', 'a\u007f', 'a\u0085b', 'a\ud800', ['a'], 1, { a: 1 }])(
    'is one line of text: %j is refused',
    (title) => {
      expect(outcome({ title })).toEqual(['title']);
    },
  );
});

describe('a line of people’s text', () => {
  const emoji = '👩‍🚀';
  it.each([
    ['five emoji', '🦜🦜🦜🦜🦜'],
    ['an emoji of several code points', emoji],
    ['a heart with its variation selector', '❤️'],
    ['a digit in a box', '1️⃣'],
    ['Arabic', 'مرحبا'],
    ['Hebrew with points', 'שָׁ'],
    ['a word with a joiner', 'می‌خ'],
    ['punctuation', '—'],
    ['a zero-width space within', 'a\u200bb'],
  ])('D10: may be %s', (_, title) => {
    expect(outcome({ title })).toMatchObject({ title });
  });

  it('D10: is measured in code points of its normal form', () => {
    expect(outcome({ title: '🦜'.repeat(6) })).toEqual(['title']);
    expect(outcome({ title: 'e\u0301'.repeat(5) })).toMatchObject({ title: '\u00e9'.repeat(5) });
    expect(outcome({ title: 'e\u0301'.repeat(6) })).toEqual(['title']);
  });

  it.each([
    ...['\u200b', '\u3164', '\u2800', '\u00ad', '\ufeff', '\u2060', '\u034f', '\u115f', '\uffa0', '\u180e'],
    ...[
      '\u200b\u3164\u2800',
      ' \u200b ',
      '\ufe0f',
      '\u200d',
      '\u0301',
      '\u3000',
      '\u{e0061}',
      '\u{1d159}',
      '\ue000',
    ],
  ])('D10: has a visible character: %j is refused', (title) => {
    expect(outcome({ title })).toEqual(['title']);
  });

  it.each([
    ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'],
    ...['\u200e', '\u200f', '\u061c', '\u2028', '\u2029'],
  ])('D10: may not change the direction or end a line: a%jb is refused', (character) => {
    expect(outcome({ title: `a${character}b` })).toEqual(['title']);
  });

  it.each(['a\u2028', '\u2029a', ' a\u2028 '])(
    'D10: may not end with a line separator: %j is refused',
    (title) => {
      expect(outcome({ title })).toEqual(['title']);
    },
  );

  it('D10: is checked in each place where a schema has the same rule', () => {
    const same = optional(line(1, 5));
    const both = validator.compile({ a: same, b: same });
    for (const params of [{ a: '\u0000' }, { b: '\u0000' }, { a: 'x', b: '\u0000' }, { a: 'x', b: 1 }]) {
      expect(both(params)).toMatchObject([{ type: expect.stringMatching(/^string/) }]);
    }
    const fine = { a: ' x ', b: ' x ' };
    expect([both(fine), fine]).toEqual([true, { a: 'x', b: 'x' }]);
  });

  it('D10: reports an error once', () => {
    const faults = (title: string) => (check({ title }) as { type: string }[]).map(({ type }) => type);
    expect(faults('')).toEqual(['stringMin']);
    expect(check({ title: '' })).toMatchObject([
      { message: expect.stringContaining('at least 1 character.') },
    ]);
    expect(faults('abcdef')).toEqual(['stringMax']);
    expect(faults('\u200b')).toEqual(['stringInvisible']);
    expect(faults('a\u202eb')).toEqual(['stringPattern']);
    expect(check({ title: '\u200b' })).toMatchObject([
      { field: 'title', message: "The 'title' field must have a visible character." },
    ]);
  });
});

describe('a text', () => {
  it('D10: is measured in code points of its normal form, may be of any direction, and may be empty', () => {
    expect(outcome({ description: '' })).toMatchObject({ description: '' });
    expect(outcome({ description: '🦜'.repeat(10) })).toMatchObject({ description: '🦜'.repeat(10) });
    expect(outcome({ description: '🦜'.repeat(11) })).toEqual(['description']);
    expect(outcome({ description: 'e\u0301\u200f' })).toMatchObject({ description: '\u00e9\u200f' });
  });

  it('may have lines and tabs, but no other controls', () => {
    expect(outcome({ description: 'a\r\n\tb' })).toMatchObject({ description: 'a\r\n\tb' });
    for (const description of ['\u0000', '\u0007', '\u0085', '\udc00', 'x'.repeat(11)]) {
      expect(outcome({ description })).toEqual(['description']);
    }
  });
});

describe('an id', () => {
  it('is a UUID', () => {
    const ownerId = '0198b3c1-7d4e-7a10-9f00-000000000001';
    expect(outcome({ ownerId })).toMatchObject({ ownerId });
    for (const other of ['x', '', ownerId.slice(1), `${ownerId} `, `{${ownerId}}`]) {
      expect(outcome({ ownerId: other })).toEqual(['ownerId']);
    }
  });
});

describe('an optional param', () => {
  it('may be left out, or null in a body, which handlers treat as left out', () => {
    expect(outcome({})).toEqual({ title: 'a', limit: 50 });
    expect(outcome({ description: null })).toEqual({ title: 'a', limit: 50, description: null });
  });
});

describe('a page', () => {
  it('has 50 items by default, and 1 to 200 on request', () => {
    expect(outcome({})).toMatchObject({ limit: 50 });
    expect(outcome({ limit: '1' })).toMatchObject({ limit: 1 });
    expect(outcome({ limit: '200' })).toMatchObject({ limit: 200 });
    for (const limit of ['0', '201', '-1', '1.5', 'x', '', 'Infinity']) {
      expect(outcome({ limit })).toEqual(['limit']);
    }
  });

  it('continues at a cursor of bounded length', () => {
    expect(outcome({ cursor: 'x'.repeat(500) })).toMatchObject({ cursor: expect.any(String) });
    expect(outcome({ cursor: '' })).toEqual(['cursor']);
    expect(outcome({ cursor: 'x'.repeat(501) })).toEqual(['cursor']);
  });
});

describe('params', () => {
  it('are refused if they have an unknown field', () => {
    const result = check({ title: 'a', colour: 'red' });
    expect(result).toEqual([expect.objectContaining({ type: 'objectStrict' })]);
  });

  it('have the type that their rules accept (checked by the compiler)', () => {
    type Params = ParamsOf<typeof rules>;
    const least: Params = { title: 'a', limit: 1 };
    const most: Params = { ...least, description: '', ownerId: '', kind: 'a', tags: ['x'], cursor: 'x' };
    // @ts-expect-error: the title is missing
    const untitled: Params = { limit: 1 };
    // @ts-expect-error: kind is 'a' or 'b'
    const unkind: Params = { ...least, kind: 'c' };
    // @ts-expect-error: tags are strings
    const tagged: Params = { ...least, tags: [1] };
    expect([least, most, untitled, unkind, tagged]).toHaveLength(5);
  });
});
