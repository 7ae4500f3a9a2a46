import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BusinessDay } from '#mixins/calendar.ts';
import { openAnalytics, type TestAnalytics } from '../analytics.fixture.ts';
import { employee, Ledger, names, taskId } from '../rebuild/ledger.fixture.ts';
import { listDays, listOperations, listTopTasks, showToday, showTopTask } from './read-figures.query.ts';

const D1 = '2026-03-01';
const D2 = '2026-03-02';
const D3 = '2026-03-03';
const MARCH = { from: D1, to: '2026-03-04' };

let analytics: TestAnalytics;
/** By the calendar it is long after March 2026, so the tests name the days that they request. */
beforeAll(async () => {
  analytics = await openAnalytics();
});
afterAll(async () => await analytics?.close());

const days = async (range: { from: BusinessDay; to: BusinessDay }) =>
  (await listDays(analytics.database, analytics.config, range)).items;
const topTask = (from: BusinessDay, to: BusinessDay) =>
  showTopTask(analytics.database, analytics.config, { from, to });

describe('before anything happened', () => {
  it('ANA-1: today is the day of the calendar, with no earnings and nobody below zero', async () => {
    expect(await showToday(analytics.database, analytics.config)).toEqual({
      businessDay: new Date().toISOString().slice(0, 10),
      companyResult: 0,
      currency: 'USD',
      belowZero: { count: 0, items: [] },
    });
  });

  it('ANA-2: there is no top task', async () => {
    expect(await topTask(D1, D3)).toEqual({ from: D1, to: D3, currency: 'USD', task: null });
  });

  it('ANA-3: each of the last 30 days is listed, empty', async () => {
    const { items, nextCursor } = await listDays(analytics.database, analytics.config, {});
    expect(items).toHaveLength(30);
    expect(nextCursor).toBeNull();
    expect(items[0]).toEqual({
      businessDay: new Date().toISOString().slice(0, 10),
      companyResult: 0,
      payouts: 0,
      belowZero: 0,
      averageFee: null,
      averageReward: null,
      topTask: null,
    });
  });
});

describe('after three days', () => {
  // The fee of task n is 1000 + 50 n; the reward is 2000, 2500 or 3000 for n mod 3 = 0, 1, 2.
  const ledger = new Ledger();
  beforeAll(async () => {
    await analytics.play([...names(1, 'Ada'), ...names(2, 'Mia', 'Mila'), ...names(3, 'Pip')]);
    ledger.billed(1, 1, D1).billed(2, 2, D1).billed(3, 3, D1).paid(1, 1, D1).announce().close(D1).announce();
    ledger.billed(4, 1, D2).paid(2, 2, D2).billed(5, 4, D2).announce().close(D2).announce();
    ledger.paid(5, 4, D3).paid(4, 1, D3).posted(2, -70, D3).posted(3, 30, D3).announce();
    await analytics.play(ledger.events);
  });

  it("ANA-3: the company's result, payouts and average prices are those of each day", async () => {
    const items = await days({ from: D1, to: D3 });
    expect(items.map(({ topTask: _, belowZero: __, ...figures }) => figures)).toEqual([
      // The rewards 2500 and 3000 were paid.
      { businessDay: D3, companyResult: -5_500, payouts: 0, averageFee: null, averageReward: 2_750 },
      {
        businessDay: D2,
        companyResult: 1_200 + 1_250 - 3_000,
        payouts: 1_900,
        averageFee: 1_225,
        averageReward: 3_000,
      },
      {
        businessDay: D1,
        companyResult: 1_050 + 1_100 + 1_150 - 2_500,
        payouts: 1_450,
        averageFee: 1_100,
        averageReward: 2_500,
      },
    ]);
  });

  it('ANA-3: people below zero stay there over days without a line, until a line changes it', async () => {
    // Below zero are on the first day 2 and 3; on the second 1, 3 and 4 (2 was paid); on the third
    // 2 and 3 (3 has a line and stays below).
    expect((await days(MARCH)).map(({ businessDay, belowZero }) => [businessDay, belowZero])).toEqual([
      ['2026-03-04', 2],
      [D3, 2],
      [D2, 3],
      [D1, 2],
    ]);
  });

  it('ANA-2: the top task of a day, a week and any range has the highest reward', async () => {
    expect((await topTask(D1, D1)).task).toEqual({
      id: taskId(1),
      title: 'Wash cage 1',
      externalId: null,
      reward: 2_500,
      businessDay: D1,
    });
    // Tasks 2 and 5 both paid 3000; task 2 did so first.
    expect((await topTask(D1, '2026-03-07')).task).toMatchObject({
      id: taskId(2),
      externalId: 'POPUG-2',
      businessDay: D2,
    });
    expect((await topTask(D3, D3)).task).toMatchObject({ id: taskId(5), reward: 3_000 });
    expect((await days(MARCH)).map(({ topTask: task }) => task?.id ?? null)).toEqual([
      null,
      taskId(5),
      taskId(2),
      taskId(1),
    ]);
  });

  it('ANA-2: the top tasks of days, weeks and months are listed, page by page', async () => {
    const list = async (params: Partial<Parameters<typeof listTopTasks>[2]>) =>
      listTopTasks(analytics.database, analytics.config, { by: 'day', ...MARCH, ...params });
    const byDay = (await list({})).items;
    expect(byDay.map(({ from, to, task }) => [from, to, task?.id ?? null])).toEqual([
      ['2026-03-04', '2026-03-04', null],
      [D3, D3, taskId(5)],
      [D2, D2, taskId(2)],
      [D1, D1, taskId(1)],
    ]);
    const whole = (await topTask(D1, '2026-03-31')).task;
    expect((await list({ by: 'week' })).items).toEqual([
      { from: '2026-03-02', to: '2026-03-08', task: whole },
      { from: '2026-02-23', to: D1, task: byDay.at(-1)?.task },
    ]);
    expect((await list({ by: 'month' })).items).toEqual([{ from: D1, to: '2026-03-31', task: whole }]);
    const first = await list({ limit: 3 });
    const second = await list({ limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items]).toEqual(byDay);
    expect(second.nextCursor).toBeNull();
    await expect(list({ from: '2026-02-30' })).rejects.toMatchObject({ type: 'validation_failed' });
    await expect(list({ cursor: 'x' })).rejects.toMatchObject({ type: 'invalid_cursor' });
  });

  it('ANA-1: people who are below zero now are named, lowest balance first', async () => {
    const { belowZero } = await showToday(analytics.database, analytics.config);
    expect(belowZero).toEqual({
      count: 2,
      items: [
        { userId: employee(3), name: 'Pip', balance: -1_120 },
        { userId: employee(2), name: 'Mila', balance: -70 },
      ],
    });
  });

  it('ANA-3: the operations of a day are lines with their employee, newest first, page by page', async () => {
    const { database } = analytics;
    const all = await listOperations(database, { day: D2, limit: 50 });
    expect(all.items.map(({ kind, amount, employee: { name } }) => [kind, amount, name])).toEqual([
      ['payout', -1_900, 'Mila'],
      ['fee', -1_250, 'unknown'],
      ['reward', 3_000, 'Mila'],
      ['fee', -1_200, 'Ada'],
    ]);
    expect(all.items[2]).toMatchObject({
      balanceAfter: 1_900,
      businessDay: D2,
      reference: { type: 'task', id: taskId(2), title: 'Wash cage 2', externalId: 'POPUG-2' },
      note: null,
      by: null,
    });
    for (const kind of ['payout', 'fee', 'reward', 'adjustment']) {
      const { items } = await listOperations(database, { day: D2, kind, limit: 50 });
      expect(items).toEqual(all.items.filter((item) => item.kind === kind));
    }
    const first = await listOperations(database, { day: D2, limit: 3 });
    const second = await listOperations(database, { day: D2, limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items]).toEqual(all.items);
    expect(second.nextCursor).toBeNull();
  });

  it('ANA-3: the operations of one employee can be listed; a posting has its author and reason', async () => {
    const { items } = await listOperations(analytics.database, {
      day: D3,
      userId: employee(2).toUpperCase(),
      limit: 50,
    });
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      kind: 'adjustment',
      amount: -70,
      note: 'A broken perch',
      by: { id: employee(9), name: 'Ada' },
      reference: null,
    });
    const nobody = await listOperations(analytics.database, { day: '2030-01-01', limit: 50 });
    expect(nobody).toEqual({ items: [], nextCursor: null });
  });

  it('ANA-3: days are listed page by page if a limit is given', async () => {
    const { database, config } = analytics;
    const first = await listDays(database, config, { ...MARCH, limit: 3 });
    const second = await listDays(database, config, { ...MARCH, limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items]).toEqual(await days(MARCH));
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([3, 1, null]);
  });

  it('repeated events are not counted twice', async () => {
    const before = [await days(MARCH), await showToday(analytics.database, analytics.config)];
    await analytics.play(ledger.events.toReversed());
    expect([await days(MARCH), await showToday(analytics.database, analytics.config)]).toEqual(before);
  });

  it('ACC-6: a day closed before its time is followed by the next one', async () => {
    const today = (await showToday(analytics.database, analytics.config)).businessDay;
    await analytics.play(new Ledger().close(today).events);
    const next = (await showToday(analytics.database, analytics.config)).businessDay;
    expect(next > today).toBe(true);
  });
});

describe('an invalid request', () => {
  it('is refused with the name of the field', async () => {
    const { database, config } = analytics;
    const refused = (field: string) =>
      expect.objectContaining({
        type: 'validation_failed',
        data: { errors: [expect.objectContaining({ field })] },
      });
    await expect(showTopTask(database, config, { from: D3, to: D1 })).rejects.toEqual(refused('to'));
    await expect(listDays(database, config, { from: '2020-01-01' })).rejects.toEqual(refused('from'));
    await expect(listOperations(database, { day: '2026-02-30', limit: 1 })).rejects.toEqual(refused('day'));
  });

  it.each(['x', 'W10', Buffer.from('["2026-02-30"]').toString('base64url')])(
    'with the cursor %s is refused',
    async (cursor) => {
      const { database, config } = analytics;
      const invalid = expect.objectContaining({ type: 'invalid_cursor' });
      await expect(listDays(database, config, { cursor })).rejects.toEqual(invalid);
      await expect(listOperations(database, { day: D1, limit: 1, cursor })).rejects.toEqual(invalid);
    },
  );
});
