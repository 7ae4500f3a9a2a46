import { describe, expect, it } from '@jest/globals';
import type { Space } from '#schemas/comparison.ts';
import { groupAfter } from './group.ts';

const PIP = '0192f000-0000-7000-8000-00000000000f';

describe('the group after another', () => {
  it.each<[Space, string, string | null]>([
    ['uuid', '0192f000-0000-7000-8000-000000000001', '0192f000-0000-7000-8000-000000000002'],
    ['uuid', PIP, '0192f000-0000-7000-8000-000000000010'],
    ['uuid', '0192f000-0000-7000-8000-ffffffffffff', '0192f000-0000-7000-8001-000000000000'],
    ['uuid', 'ffffffff-ffff-ffff-ffff-ffffffffffff', null],
    ['owner', `employee ${PIP}`, 'employee 0192f000-0000-7000-8000-000000000010'],
    ['line', `employee ${PIP} 2026-03-01 000000000099`, `employee ${PIP} 2026-03-01 000000000100`],
    ['person', `${PIP} ${PIP}`, `${PIP} 0192f000-0000-7000-8000-000000000010`],
  ])('in the space %s follows %s at once', (space, group, after) => {
    expect(groupAfter(space, group)).toBe(after);
  });

  it('of a day is before the next day', () => {
    const after = groupAfter('day', '2026-03-01') ?? '';
    expect([after > '2026-03-01', after < '2026-03-02']).toEqual([true, true]);
  });
});
