import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chained, type Difference, differences, GENESIS } from './seal.ts';

/** Digests of postings. Each posting is a position and its content. */
function digestsOf(postings: readonly (readonly [position: number, content: number])[]): Buffer {
  return Buffer.concat(
    postings.map(([position, content]) => {
      const digest = Buffer.alloc(40, content);
      digest.writeBigInt64BE(BigInt(position));
      return digest;
    }),
  );
}

const between = (...[sealed, found]: Parameters<typeof digestsOf>[0][]): Difference[] => [
  ...differences(digestsOf(sealed ?? []), digestsOf(found ?? [])),
];

describe('a block', () => {
  it('ACC-8: has a hash over the hash of the block before, its columns, and its digests', () => {
    const header = '(1,7,2,4,"2026-03-01 10:00:00+00")';
    const digests = digestsOf([
      [3, 1],
      [7, 2],
    ]);
    const expected = createHash('sha256').update(Buffer.alloc(32)).update(header).update(digests).digest();
    expect(chained(GENESIS, { header, digests })).toEqual(expected);
    expect(chained(expected, { header, digests })).not.toEqual(expected);
  });
});

describe('digests of the seal and of the journal', () => {
  it('ACC-8: that are equal have no difference', () => {
    expect(between([[1, 1]], [[1, 1]])).toEqual([]);
    expect(between([], [])).toEqual([]);
  });

  it('ACC-8: show what was changed, removed and added, in order', () => {
    const sealed = [2, 4, 6, 8].map((position) => [position, position] as const);
    const found = [
      [1, 1],
      [2, 2],
      [4, 5],
      [7, 7],
      [8, 8],
      [9, 9],
    ] as const;
    expect(between(sealed, found)).toEqual([
      { kind: 'added', position: 1 },
      { kind: 'changed', position: 4 },
      { kind: 'removed', position: 6 },
      { kind: 'added', position: 7 },
      { kind: 'added', position: 9 },
    ]);
  });

  it('ACC-8: show each difference once, whatever was done to the journal', () => {
    const journal = fc.uniqueArray(
      fc.tuple(fc.integer({ min: -9, max: 40 }), fc.integer({ min: 0, max: 3 })),
      {
        selector: ([position]) => position,
      },
    );
    fc.assert(
      fc.property(journal, journal, (before, after) => {
        const sorted = [before, after].map((postings) => postings.toSorted(([a], [b]) => a - b));
        const [was, is] = [new Map(before), new Map(after)];
        const positions = [...new Set([...was.keys(), ...is.keys()])].sort((a, b) => a - b);
        const expected = positions.flatMap((position) => {
          if (!is.has(position)) return [{ kind: 'removed', position }];
          if (!was.has(position)) return [{ kind: 'added', position }];
          return was.get(position) === is.get(position) ? [] : [{ kind: 'changed', position }];
        });
        expect(between(...sorted)).toEqual(expected);
      }),
    );
  });

  it('ACC-8: end where a seal was cut short', () => {
    const sealed = digestsOf([
      [1, 1],
      [2, 2],
    ]).subarray(0, 60);
    expect([
      ...differences(
        sealed,
        digestsOf([
          [1, 1],
          [2, 2],
        ]),
      ),
    ]).toEqual([{ kind: 'added', position: 2 }]);
  });
});
