import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { drawIndex, SEED_BYTES, seededWords } from './draw.ts';

const RECORDED_SEED = Buffer.from('6174657320706f707567206472617720697320756e69666f726d2c20747275', 'hex');
const seedOf = (fill: Buffer) => Buffer.concat([fill], SEED_BYTES);
const draws = (seed: Buffer, size: number, count: number) => {
  const nextWord = seededWords(seed);
  return Array.from({ length: count }, () => drawIndex(size, nextWord));
};

/** Pearson's statistic against the uniform distribution. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function countsOf(indexes: readonly number[], size: number): number[] {
  const counts = Array.from({ length: size }, () => 0);
  for (const index of indexes) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

describe('a draw from a recorded seed', () => {
  const seed = seedOf(RECORDED_SEED);

  it('TASK-3: is uniform over ten people', () => {
    // 27.88 is exceeded by one in a thousand uniform samples with 9 degrees of freedom.
    expect(chiSquare(countsOf(draws(seed, 10, 100_000), 10))).toBeLessThan(27.88);
  });

  it('TASK-5: draws each task independently: consecutive pairs are uniform too', () => {
    const indexes = draws(seed, 7, 98_000);
    const pairs = indexes.flatMap((index, n) => (n % 2 === 0 ? index * 7 + (indexes[n + 1] ?? 0) : []));
    // 84.04: one in a thousand with 48 degrees of freedom.
    expect(chiSquare(countsOf(pairs, 49))).toBeLessThan(84.04);
  });

  it('is the same for ever: an old shuffle can be drawn again', () => {
    expect(draws(Buffer.alloc(SEED_BYTES), 1_000, 8)).toEqual(draws(Buffer.alloc(SEED_BYTES), 1_000, 8));
    // AES-256-CTR of a zero key and counter starts with dc95c078 a2408989 ad48a214 92842087.
    const words = seededWords(Buffer.alloc(SEED_BYTES));
    expect([words(), words(), words(), words()]).toEqual([0xdc95c078, 0xa2408989, 0xad48a214, 0x92842087]);
  });

  it('continues correctly over many blocks of the key stream', () => {
    const words = seededWords(seed);
    const seen = new Set(Array.from({ length: 5_000 }, words));
    expect(seen.size).toBeGreaterThan(4_995);
  });

  it('needs a complete seed', () => {
    expect(() => seededWords(Buffer.alloc(31))).toThrow(RangeError);
  });
});

describe('an index', () => {
  it('TASK-3: discards words that would favour the first indexes', () => {
    // Of 2^32 words, the last one is left over for a population of 3.
    const words = [0xffffffff, 5];
    expect(drawIndex(3, () => words.shift() ?? 0)).toBe(2);
    expect(words).toEqual([]);
  });

  it('lies within the population, and one person is always drawn', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 32 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (size, seed) => {
          const index = drawIndex(size, seededWords(seed));
          expect(Number.isInteger(index) && index >= 0 && index < size).toBe(true);
        },
      ),
    );
    expect(drawIndex(1, () => 4_000_000_000)).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 32 + 1])('rejects a population of %p', (size) => {
    expect(() => drawIndex(size, () => 0)).toThrow(RangeError);
  });
});
