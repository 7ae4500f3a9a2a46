import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { minorUnits, priceOf, priceRule, uniform } from './price.ts';

const secret = createSecretKey(Buffer.from('a secret of the tests'));
const rule = priceRule({
  feeRange: { min: 10, max: 20 },
  rewardRange: { min: 20, max: 40 },
  currency: 'USD',
});
const task = (n: number) => `0192f000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** The given words, then zeros. */
function* words(...given: number[]): Generator<number, never> {
  yield* given;
  for (;;) yield 0;
}

/** The distance of counts from uniform: the chi-square statistic. */
function chiSquare(counts: ReadonlyMap<number, number>, size: number, total: number): number {
  const expected = total / size;
  const seen = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return seen + (size - counts.size) * expected;
}

describe('the price of a task', () => {
  it('ACC-1: is the same however often it is computed', () => {
    expect(priceOf(task(1), secret, rule)).toEqual(
      priceOf(task(1), createSecretKey(Buffer.from('a secret of the tests')), { ...rule }),
    );
  });

  it('ACC-1: differs with another secret', () => {
    const other = createSecretKey(Buffer.from('another'));
    const differs = Array.from({ length: 20 }, (_, n) => n).filter(
      (n) => priceOf(task(n), secret, rule).reward !== priceOf(task(n), other, rule).reward,
    );
    expect(differs.length).toBeGreaterThan(10);
  });

  it('ACC-1: is whole units within both ranges, in minor units', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const { fee, reward, currency } = priceOf(id, secret, rule);
        expect([fee % 100, reward % 100, currency]).toEqual([0, 0, 'USD']);
        expect(fee).toBeGreaterThanOrEqual(1000);
        expect(fee).toBeLessThanOrEqual(2000);
        expect(reward).toBeGreaterThanOrEqual(2000);
        expect(reward).toBeLessThanOrEqual(4000);
      }),
    );
  });

  it('ACC-1: is uniform in both, and the two are independent', () => {
    const total = 23_100;
    const fees = new Map<number, number>();
    const rewards = new Map<number, number>();
    const pairs = new Map<number, number>();
    const add = (counts: Map<number, number>, key: number) => counts.set(key, (counts.get(key) ?? 0) + 1);
    for (let n = 0; n < total; n++) {
      const { fee, reward } = priceOf(task(n), secret, rule);
      add(fees, fee);
      add(rewards, reward);
      add(pairs, fee * 10_000 + reward);
    }
    // 99.99 % quantiles of chi-square with 10, 20 and 230 degrees of freedom. The secret fixes the
    // draw.
    expect(chiSquare(fees, 11, total)).toBeLessThan(36);
    expect(chiSquare(rewards, 21, total)).toBeLessThan(53);
    expect(chiSquare(pairs, 231, total)).toBeLessThan(318);
  });
});

describe('a draw', () => {
  it('refuses the words beyond the largest multiple of the range', () => {
    // 2^32 = 11 × 390,451,572 + 4: the last four words would favour 10 to 13.
    expect(uniform({ min: 10, max: 20 }, words(2 ** 32 - 1, 2 ** 32 - 4, 5))).toBe(15);
    expect(uniform({ min: 10, max: 20 }, words(2 ** 32 - 5))).toBe(20);
  });

  it('is the only value of a range of one', () => {
    expect(uniform({ min: 7, max: 7 }, words(2 ** 32 - 1))).toBe(7);
  });

  it('reaches both ends', () => {
    expect(uniform({ min: 10, max: 20 }, words(0))).toBe(10);
    expect(uniform({ min: 10, max: 20 }, words(10))).toBe(20);
  });
});

describe('the minor units of a currency', () => {
  it.each([
    ['USD', 100],
    ['JPY', 1],
    ['KWD', 1000],
    ['QQQ', 100],
  ])('%s has %i', (currency, units) => {
    expect(minorUnits(currency)).toBe(units);
  });
});
