import { describe, expect, it } from '@jest/globals';
import { Validators } from 'moleculer';
import { beak } from './auth.ts';

/** As brokers are made (mixins/broker.ts). */
const check = new Validators.Fastest({ useNewCustomCheckerFunction: true }).compile({ beak });

/** What becomes of a beak; undefined where it is refused. */
function kept(text: unknown): unknown {
  const params = { beak: text };
  return check(params) === true ? params.beak : undefined;
}

describe('a beak', () => {
  it.each([
    ['long and crooked', 'long and crooked'],
    [' eight  ', ' eight  '],
    ['long\u00a0and\u3000crooked', 'long and crooked'],
    ['crooke\u0301dly', 'crook\u00e9dly'],
    ['ﬁne-crook', 'ﬁne-crook'],
    ['Crooked!', 'Crooked!'],
    ['🦜'.repeat(8), '🦜'.repeat(8)],
    ['🦜'.repeat(200), '🦜'.repeat(200)],
    ['❤️ and 👩‍🚀 too', '❤️ and 👩‍🚀 too'],
  ])('D10: %j is kept as %j', (text, form) => {
    expect(kept(text)).toBe(form);
  });

  it.each([
    '',
    'seven77',
    '🦜'.repeat(4),
    'e\u0301'.repeat(7),
    '🦜'.repeat(201),
    'control\u0007',
    'tab\tand more',
    'half \ud800 a pair',
    'zero\u200bwidth',
    'soft\u00adhyphen',
    'turned\u202earound',
    'filler\u3164here',
    'unassigned\u0378',
    'no character\uffff',
    1,
    null,
    ['long and crooked'],
  ])('D10: %j is refused', (text) => {
    expect(kept(text)).toBeUndefined();
  });
});
