import { describe, expect, it } from '@jest/globals';
import { slowness } from './pace.ts';

describe('the budget of a run on a slow machine', () => {
  it.each([
    [[20, 20, 20, 20, 20, 20, 20], 1],
    [[25, 25, 25, 25, 25, 25, 25], 1],
    [[55, 40, 45, 50, 60, 65, 50], 2],
    [[9_000, 75, 75, 75, 75, 75, 9_000], 3],
    [[900, 900, 900, 900, 900, 900, 900], 5],
  ])('G27: grows with the time that Node takes to start (%j ms: %d times)', (times, factor) => {
    const left = [...times];
    expect(slowness(() => left.shift() ?? Number.NaN)).toBe(factor);
    expect(left).toEqual([]);
  });
});
