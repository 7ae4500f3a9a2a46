import { describe, expect, it } from '@jest/globals';
import { periodOf, periodsOf } from './period.ts';

describe('a period', () => {
  it.each([
    ['day', '2026-03-04', '2026-03-04', '2026-03-04'],
    ['week', '2026-03-02', '2026-03-02', '2026-03-08'],
    ['week', '2026-03-04', '2026-03-02', '2026-03-08'],
    ['week', '2026-03-08', '2026-03-02', '2026-03-08'],
    ['week', '2026-01-01', '2025-12-29', '2026-01-04'],
    ['month', '2026-02-28', '2026-02-01', '2026-02-28'],
    ['month', '2028-02-01', '2028-02-01', '2028-02-29'],
    ['month', '2026-01-31', '2026-01-01', '2026-01-31'],
    ['month', '2025-12-15', '2025-12-01', '2025-12-31'],
    ['month', '2026-04-30', '2026-04-01', '2026-04-30'],
  ] as const)('ANA-2: the %s of %s is from %s to %s', (by, day, from, to) => {
    expect(periodOf(by, day)).toEqual({ from, to });
  });
});

describe('the periods of a range', () => {
  it('ANA-2: are whole, and the newest first', () => {
    expect(periodsOf('week', { from: '2026-03-08', to: '2026-03-16' }, 10)).toEqual([
      { from: '2026-03-16', to: '2026-03-22' },
      { from: '2026-03-09', to: '2026-03-15' },
      { from: '2026-03-02', to: '2026-03-08' },
    ]);
    expect(periodsOf('month', { from: '2025-12-31', to: '2026-01-01' }, 10)).toHaveLength(2);
    expect(periodsOf('day', { from: '2025-01-01', to: '2026-01-01' }, 1_000)).toHaveLength(366);
  });

  it('are at most as many as asked for', () => {
    expect(periodsOf('day', { from: '2026-03-01', to: '2026-03-31' }, 2)).toEqual([
      { from: '2026-03-31', to: '2026-03-31' },
      { from: '2026-03-30', to: '2026-03-30' },
    ]);
  });
});
