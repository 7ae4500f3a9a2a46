import { describe, expect, it } from '@jest/globals';
import { COMPARISONS, groupAfter, planOf, type Space, WHOLE_PLAN } from './plan.ts';

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

  it('of a day stands before the next day', () => {
    const after = groupAfter('day', '2026-03-01') ?? '';
    expect([after > '2026-03-01', after < '2026-03-02']).toEqual([true, true]);
  });
});

describe('the comparisons', () => {
  it('have names of their own, and nouns that say no other field than those of their keys', () => {
    expect(new Set(COMPARISONS.map(({ name }) => name)).size).toBe(COMPARISONS.length);
    for (const { noun, key } of COMPARISONS) {
      const names = [...noun.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(key.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    }
  });
});

describe('the plan of a product', () => {
  it('is whole where no service belongs to another product', () => {
    expect(WHOLE_PLAN).toMatchObject({ clock: 'tasks', comparisons: COMPARISONS });
  });

  it('has nothing of services that belong to another product', () => {
    const plan = planOf({ foreign: new Set(['tasks']) });
    expect(plan.clock).toBe('accounting');
    expect(plan.arrivals).toEqual([{ from: 'accounting', at: ['analytics', 'mailer'] }]);
    expect(JSON.stringify(plan)).not.toMatch(/"(?:left|right|service|from|clock)":"tasks"/);
    expect(plan.comparisons.length).toBeGreaterThan(0);
    expect(plan.checks.length).toBeGreaterThan(0);
  });
});
