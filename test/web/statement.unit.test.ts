/** A statement by business day, and what people type beside it. */
import { describe, expect, it } from '@jest/globals';
import { byDay, type Line } from '../../web/pages/accounts/statement.ts';
import { dayAfter } from '../../web/text/format.ts';
import { amountIn, instantOf } from '../../web/text/parse.ts';

const line = (businessDay: string, amount: number, balanceAfter: number): Line => ({
  id: `${businessDay} ${balanceAfter}`,
  kind: 'fee',
  amount,
  balanceAfter,
  businessDay,
  occurredAt: `${businessDay}T10:00:00.000Z`,
  postedAt: `${businessDay}T10:00:00.100Z`,
  reference: null,
  note: null,
  by: null,
});
/** The newest first: +33 and −14 on the 17th, −14 on the 16th. */
const items = [
  line('2026-09-17', 3_300, 500),
  line('2026-09-17', -1_400, -2_800),
  line('2026-09-16', -1_400, -1_400),
];
const balances = (isFirst: boolean, nextCursor: string | null, isWhole = true) =>
  byDay({ items, nextCursor }, isFirst, isWhole).map(({ day, opening, closing }) => [day, opening, closing]);

describe('a page with all lines', () => {
  it('has the opening and the closing balance of each day', () => {
    expect(balances(true, null)).toEqual([
      ['2026-09-17', -1_400, 500],
      ['2026-09-16', 0, -1_400],
    ]);
  });
});

describe('a page between others', () => {
  it('leaves out the balances whose lines may be on them', () => {
    expect(balances(false, 'next')).toEqual([
      ['2026-09-17', -1_400, undefined],
      ['2026-09-16', undefined, -1_400],
    ]);
  });
});

describe('lines of one kind', () => {
  it('say nothing about the balances of a day', () => {
    expect(balances(true, null, false).flat()).toEqual([
      '2026-09-17',
      undefined,
      undefined,
      '2026-09-16',
      undefined,
      undefined,
    ]);
  });
});

describe('an amount that is typed', () => {
  it.each([
    ['12', 1_200],
    ['-12.5', -1_250],
    ['−0,05', -5],
    ['+1 234.56', 123_456],
    [' 0.1 ', 10],
    ['-0', 0],
    ['90071992547.41', 9_007_199_254_741],
  ])('WEB-12: is read from its text: %s', (text, minor) => {
    expect(amountIn(text, 2)).toBe(minor);
  });

  it.each(['', '-', '.5', '1.', '1.234', '1e3', '1.2.3', 'ten'])('is none: %s', (text) => {
    expect(amountIn(text, 2)).toBeUndefined();
  });

  it('follows the currency', () => {
    expect([amountIn('7', 0), amountIn('7.0', 0), amountIn('0.007', 3)]).toEqual([7, undefined, 7]);
  });
});

describe('a time that is typed', () => {
  it.each([
    ['2026-09-17T10:19', 'UTC', '2026-09-17T10:19:00.000Z'],
    ['2026-09-17T10:19', 'Europe/Lisbon', '2026-09-17T09:19:00.000Z'],
    ['2026-01-17T10:19', 'Pacific/Kiritimati', '2026-01-16T20:19:00.000Z'],
    // Just before and after the clocks change, at one in the morning UTC.
    ['2026-10-25T00:30', 'Europe/Lisbon', '2026-10-24T23:30:00.000Z'],
    ['2026-10-25T02:30', 'Europe/Lisbon', '2026-10-25T02:30:00.000Z'],
    ['2026-03-29T03:30', 'Europe/Lisbon', '2026-03-29T02:30:00.000Z'],
    ['2026-03-08T03:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
  ])('WEB-13: is in the business zone: %s, %s', (wall, zone, instant) => {
    expect(instantOf(wall, zone).toISOString()).toBe(instant);
  });
});

describe('a business day', () => {
  it('is followed and preceded by others', () => {
    expect([dayAfter('2026-02-28', 1), dayAfter('2028-02-28', 1), dayAfter('2026-01-01', -1)]).toEqual([
      '2026-03-01',
      '2028-02-29',
      '2025-12-31',
    ]);
  });
});
