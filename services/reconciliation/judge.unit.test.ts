import { describe, expect, it } from '@jest/globals';
import type { Fact } from '#schemas/reconciliation.ts';
import { judge, looksEqual, type Problem } from './judge.ts';

const lasting = (value: string, key = 'k'): Fact => ({ group: 'g', key, version: null, value, extra: null });
const newest = (version: number, value = `v${version}`): Fact => ({
  group: 'g',
  key: 'k',
  version,
  value,
  extra: null,
});
const [a, b] = [lasting('a'), lasting('b')];

function problemsOf(before: Fact[], arrived: Fact[], after: Fact[]): Problem[] | 'undecided' {
  const { findings, undecided } = judge({ before, arrived, after });
  return undecided ? 'undecided' : findings.map(({ problem }) => problem);
}

describe('facts that never change', () => {
  it.each<[string, Fact[], Fact[], Fact[], Problem[]]>([
    ['agree where they are told alike', [a], [a], [a], []],
    ['may arrive as soon as they are made', [], [a], [a], []],
    ['need not have arrived at once', [], [], [a], []],
    ['are missing where they have not arrived in time', [a], [], [a], ['missing']],
    ['are unfounded where they have come from nowhere', [], [a], [], ['unfounded']],
    ['are repeated where they have come more often', [a], [a, a], [a], ['repeated']],
    ['differ where something else has come', [a], [b], [a], ['differs']],
    ['may be several under one key', [a, b], [b, a], [a, b], []],
  ])('%s', (_, before, arrived, after, problems) => {
    expect(problemsOf(before, arrived, after)).toEqual(problems);
  });

  it('are judged key by key', () => {
    const [one, other] = [lasting('a', 'one'), lasting('a', 'other')];
    const { findings } = judge({ before: [one, other], arrived: [one], after: [one, other] });
    expect(findings).toEqual([{ key: 'other', problem: 'missing', left: [other], right: [] }]);
  });
});

describe('facts of which only the newest version counts', () => {
  it.each<[string, Fact[], Fact[], Fact[], Problem[] | 'undecided']>([
    ['agree at equal versions', [newest(3)], [newest(3)], [newest(3)], []],
    ['agree with the later reading', [newest(3)], [newest(5)], [newest(5)], []],
    ['agree with the earlier reading', [newest(3)], [newest(3)], [newest(5)], []],
    ['differ in what an equal version says', [newest(3)], [newest(3, 'x')], [newest(5)], ['differs']],
    ['differ where the other side is behind', [newest(3)], [newest(2)], [newest(3)], ['differs']],
    ['differ where the other side is ahead', [newest(3)], [newest(4)], [newest(3)], ['differs']],
    ['are missing where they should have arrived', [newest(1)], [], [newest(1)], ['missing']],
    ['need not have arrived at once', [], [], [newest(1)], []],
    ['are unfounded where they have come from nowhere', [], [newest(1)], [], ['unfounded']],
    ['are repeated where there are two', [newest(1)], [newest(1), newest(1)], [newest(1)], ['repeated']],
    ['are undecided in between', [newest(3)], [newest(4)], [newest(5)], 'undecided'],
    ['are undecided before the second of two new ones', [], [newest(1)], [newest(2)], 'undecided'],
  ])('%s', (_, before, arrived, after, problems) => {
    expect(problemsOf(before, arrived, after)).toEqual(problems);
  });
});

describe('one reading of each participant', () => {
  it('shows equal facts in any order as equal, and no others', () => {
    expect(looksEqual([a, b], [b, a])).toBe(true);
    expect(looksEqual([a, a], [a, b])).toBe(false);
    expect(looksEqual([a], [a, a])).toBe(false);
    expect(looksEqual([newest(1, 'a')], [newest(2, 'a')])).toBe(false);
  });
});
