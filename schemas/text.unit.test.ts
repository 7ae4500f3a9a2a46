import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { truncate } from './text.ts';

describe('a text that is truncated', () => {
  it.each([
    ['x'.repeat(319).concat('😀'), 320, 'x'.repeat(319).concat('😀')],
    ['x'.repeat(320).concat('😀'), 320, 'x'.repeat(320)],
    ['😀😀😀', 2, '😀😀'],
    ['😀', 0, ''],
    ['', 5, ''],
    ['é'.normalize('NFD'), 1, 'e'],
    ['a\ud83d', 5, 'a\ufffd'],
    ['\ude00\ud83db', 2, '\ufffd\ufffd'],
  ])('A3: %j to %i code points is %j', (text, max, expected) => {
    expect(truncate(text, max)).toBe(expected);
  });

  it('A3: is well-formed, and consists of the first code points of any text', () => {
    const unit = fc.oneof(
      fc.constantFrom('\ud83d', '\ude00', '😀', 'x', '\0'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const text = fc.array(unit, { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.nat({ max: 40 }), (given, max) => {
        const cut = truncate(given, max);
        expect(cut.isWellFormed()).toBe(true);
        expect(cut).toBe([...given].slice(0, max).join('').toWellFormed());
      }),
    );
  });
});
