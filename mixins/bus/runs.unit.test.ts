import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countOf, holds, joined, type Run, runsOf, upTo } from './runs.ts';

const sequences = fc.array(fc.integer({ min: 1, max: 60 }));

describe('runs', () => {
  it('G22: hold exactly the sequences that they were made of', () => {
    fc.assert(
      fc.property(sequences, sequences, (some, others) => {
        const all = new Set([...some, ...others]);
        const runs = joined([...runsOf(some), ...runsOf(others)]);
        expect(runs).toEqual(runsOf(all));
        expect(countOf(runs)).toBe(all.size);
        for (let sequence = 0; sequence <= 61; sequence++) {
          expect(holds(runs, sequence)).toBe(all.has(sequence));
        }
      }),
    );
  });

  it('G22: merge neighbouring sequences, so that they are few', () => {
    expect(runsOf([3, 1, 2, 7, 8])).toEqual([
      [1, 3],
      [7, 8],
    ]);
    expect(runsOf([])).toEqual([]);
  });

  it('G22: are cut behind a sequence', () => {
    const runs: Run[] = [
      [1, 3],
      [7, 8],
    ];
    expect(upTo(runs, 8)).toEqual(runs);
    expect(upTo(runs, 7)).toEqual([
      [1, 3],
      [7, 7],
    ]);
    expect(upTo(runs, 2)).toEqual([[1, 2]]);
    expect(upTo(runs, 0)).toEqual([]);
  });
});
