/** The texts and formats of the pages, in both languages. */
import { describe, expect, it } from '@jest/globals';
import { ERRORS } from '#schemas/errors.ts';
import { en } from '../../web/text/en.ts';
import { formatOf, plural } from '../../web/text/format.ts';
import { ru } from '../../web/text/ru.ts';

const MEASURES = { currency: 'USD', minorUnits: 2, timeZone: 'Europe/Lisbon' };
const english = formatOf('en', MEASURES);
const russian = formatOf('ru', MEASURES);

describe('the texts', () => {
  it.each(Object.entries({ en, ru }))(
    'WEB-17: has a sentence for every code of a problem: %s',
    (_, texts) => {
      expect(
        Object.keys(texts.problems)
          .filter((code) => code !== 'no_answer')
          .sort(),
      ).toEqual(Object.keys(ERRORS).sort());
    },
  );

  it('WEB-17: has the same keys in both languages', () => {
    const keysOf = (texts: object, path = ''): string[] =>
      Object.entries(texts).flatMap(([key, value]) =>
        typeof value === 'object' ? keysOf(value, `${path}${key}.`) : [`${path}${key} ${typeof value}`],
      );
    expect(keysOf(ru).sort()).toEqual(keysOf(en).sort());
  });

  it.each([
    [1, '1 задача'],
    [2, '2 задачи'],
    [5, '5 задач'],
    [21, '21 задача'],
    [1_000, '1\u00a0000 задач'],
  ])('WEB-17: counts in Russian: %d', (count, text) => {
    expect(ru.tasks.shown(count)).toBe(text);
  });

  it('puts the count in place of the mark', () => {
    expect(plural('en', 1_284, { one: '# task', other: '# tasks' })).toBe('1,284 tasks');
  });
});

describe('an amount', () => {
  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [-1_400, '−14.00'],
    [123_456_789, '1,234,567.89'],
    [-9_007_199_254_740_991, '−90,071,992,547,409.91'],
  ])('WEB-12: is written from its integer, with all minor units: %d', (minor, text) => {
    expect(english.amount(minor)).toBe(text);
  });

  it('WEB-12: is none or unknown', () => {
    expect([english.amount(null), english.amount(undefined)]).toEqual(['–', '?']);
  });

  it('WEB-12: has a plus only as a change', () => {
    expect([english.change(3_300), english.change(-1), english.change(0), english.amount(3_300)]).toEqual([
      '+33.00',
      '−0.01',
      '0.00',
      '33.00',
    ]);
  });

  it('WEB-12: follows the language and the currency', () => {
    expect(russian.amount(123_456_789)).toBe('1\u00a0234\u00a0567,89');
    expect(formatOf('en', { ...MEASURES, minorUnits: 0 }).amount(-1_234)).toBe('−1,234');
    expect(formatOf('en', { ...MEASURES, minorUnits: 3 }).amount(7)).toBe('0.007');
  });

  it('shows that a count ended at its bound', () => {
    expect(english.capped({ count: 10_000, capped: true })).toBe('10,000+');
    expect(english.capped(undefined)).toBe('?');
  });
});

describe('a measure', () => {
  it('has one decimal place, in the form of the language', () => {
    expect([english.decimal(1_186.44), english.decimal(0), russian.decimal(2.45)]).toEqual([
      '1,186.4',
      '0.0',
      '2,5',
    ]);
  });
});

describe('a business day', () => {
  it('WEB-13: has no time zone', () => {
    for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      const { day, dayShort, dayLong } = formatOf('en', { ...MEASURES, timeZone });
      expect([day('2026-09-17'), dayShort('2026-09-17'), dayLong('2026-09-17')]).toEqual([
        '17 Sep 2026',
        'Thu 17 Sep',
        'Thursday, 17 September 2026',
      ]);
    }
    expect(russian.day('2026-09-17')).toBe('17 сент. 2026');
  });
});

describe('a time', () => {
  const AT = '2026-09-17T23:05:09.042Z';

  it('WEB-13: is in the business zone, with 24 hours', () => {
    expect([english.clock(AT), english.exact(AT)]).toEqual(['00:05:09', '00:05:09.042']);
    expect(english.moment(AT)).toBe('18 Sep, 00:05');
    expect(russian.moment(AT)).toBe('18 сент., 00:05');
    expect(english.dateOf(AT)).toBe('2026-09-18');
  });

  it('WEB-13: has seconds in logs', () => {
    expect([english.second(AT), russian.second(AT)]).toEqual(['18 Sep, 00:05:09', '18 сент., 00:05:09']);
  });

  it('is none', () => {
    expect(english.clock(null)).toBe('–');
  });

  it('is left in hours and minutes', () => {
    expect([english.span(49_260), english.span(59), english.span(-5)]).toEqual(['13:41', '0:00', '0:00']);
  });
});
