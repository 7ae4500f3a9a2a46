import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Operation } from '../projections/operation.ts';
import { accountDays, average, beats, companyResult, dayFigures, type TopTask } from './figures.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));

function operation(overrides: Partial<Operation> = {}): Operation {
  return {
    entryId: 'e1',
    owner: { type: 'employee', id: 'pip' },
    sequence: 1,
    kind: 'fee',
    amount: -1_500,
    balanceAfter: -1_500,
    businessDay: '2026-03-01',
    occurredAt: at(0),
    postedAt: at(1),
    reference: { type: 'task', id: 't1', title: 'Wash', externalId: null },
    note: null,
    by: null,
    ...overrides,
  };
}

const task = (overrides: Partial<TopTask> = {}): TopTask => ({
  id: 't1',
  title: 'Wash',
  externalId: null,
  reward: 3_000,
  completedAt: at(0),
  ...overrides,
});

describe('the figures of a day', () => {
  it('ANA-3: are sums by kind, payouts and fees positive, other postings signed', () => {
    const [day] = dayFigures([
      operation(),
      operation({ kind: 'reward', amount: 3_000 }),
      operation({ kind: 'payout', amount: -1_500, reference: null }),
      operation({ kind: 'adjustment', amount: -200, reference: null }),
    ]);
    expect(day).toMatchObject({
      fees: 1_500,
      feeCount: 1,
      rewards: 3_000,
      rewardCount: 1,
      payouts: 1_500,
      payoutCount: 1,
      others: -200,
      otherCount: 1,
    });
  });

  it('ACC-4, ANA-1: give a company result of fees less rewards, whatever else was posted', () => {
    const [day] = dayFigures([
      operation(),
      operation({ kind: 'reward', amount: 3_000 }),
      operation({ kind: 'bonus', amount: 700 }),
    ]);
    expect(day && companyResult(day)).toBe(-1_500);
  });

  it('count free tasks without a minus zero', () => {
    const [day] = dayFigures([operation({ amount: 0 })]);
    expect(Object.is(day?.fees, 0)).toBe(true);
  });

  it('are in the order of the days', () => {
    const days = ['2026-03-02', '2026-02-28', '2026-03-01'].map((businessDay) => operation({ businessDay }));
    expect(dayFigures(days).map(({ businessDay }) => businessDay)).toEqual([
      '2026-02-28',
      '2026-03-01',
      '2026-03-02',
    ]);
  });
});

describe('the top task', () => {
  it('ANA-2: is the one with the highest reward', () => {
    expect(beats(task({ reward: 4_000, completedAt: at(9) }), task())).toBe(true);
    expect(beats(task({ reward: 2_000 }), task())).toBe(false);
  });

  it('ANA-2: among equal ones is the one that was completed first, then the one with the smaller id', () => {
    expect(beats(task({ completedAt: at(1) }), task({ completedAt: at(2) }))).toBe(true);
    expect(beats(task({ completedAt: at(2) }), task({ completedAt: at(1) }))).toBe(false);
    expect(beats(task({ id: 't0' }), task())).toBe(true);
    expect(beats(task(), task())).toBe(false);
  });

  it('is a task with a reward, and never a fee or a reward for something else', () => {
    const [day] = dayFigures([
      operation(),
      operation({ kind: 'reward', amount: 9_000, reference: null }),
      operation({ kind: 'reward', amount: 2_000 }),
    ]);
    expect(day?.top?.reward).toBe(2_000);
  });

  it('is the same for any order of operations', () => {
    const rewards = fc.array(
      fc.record({
        reward: fc.integer({ min: 1, max: 3 }),
        minute: fc.integer({ min: 0, max: 2 }),
        id: fc.integer({ min: 1, max: 4 }),
      }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(rewards, (all) => {
        const operations = all.map(({ reward, minute, id }) =>
          operation({
            kind: 'reward',
            amount: reward,
            occurredAt: at(minute),
            reference: { type: 'task', id: `t${id}`, title: '', externalId: null },
          }),
        );
        expect(dayFigures(operations.toReversed())[0]?.top).toEqual(dayFigures(operations)[0]?.top);
      }),
    );
  });
});

describe('the newest lines', () => {
  it('are one for each employee and day, by their number in the account', () => {
    const lines = [
      operation({ sequence: 3, balanceAfter: 30 }),
      operation({ sequence: 2, balanceAfter: 20 }),
      operation({ sequence: 4, balanceAfter: 40, businessDay: '2026-03-02' }),
      operation({ owner: { type: 'supplier', id: 'pip' }, sequence: 9 }),
    ];
    expect(accountDays(lines).map(({ businessDay, balanceAfter }) => [businessDay, balanceAfter])).toEqual([
      ['2026-03-01', 30],
      ['2026-03-02', 40],
    ]);
  });
});

describe('an average', () => {
  it('ANA-3: is in whole minor units, rounded half up, and null without values', () => {
    expect([average(10, 4), average(9, 4), average(0, 0)]).toEqual([3, 2, null]);
  });
});
