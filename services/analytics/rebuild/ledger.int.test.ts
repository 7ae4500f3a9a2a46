/** Analytics beside the real services: its figures must equal those of the ledger. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from '#mixins/lists.ts';
import { Client, type Task } from '../../../test/e2e/client.ts';
import { dropNamespace, testConfig } from '../../../test/harness/config.ts';
import { testServers } from '../../../test/harness/servers.ts';
import { type System, startSystem } from '../../../test/harness/system.ts';
import { until } from '../../../test/harness/wait.ts';
import { ADMIN_BEAK } from '../../auth/variables.fixture.ts';
import type { DayItem, OperationItem } from '../figures/figures.store.ts';
import type { TodayAnswer } from '../figures/read-figures.query.ts';

interface CompanyDay {
  readonly businessDay: string;
  readonly result: number;
  readonly payouts: number;
}

interface Account {
  readonly userId: string;
  readonly balance: number;
}

let system: System;
let admin: Client;
const { namespace } = testConfig();

beforeAll(async () => {
  system = await startSystem({ ...testServers(), namespace });
  admin = await new Client(system.api).signIn('admin', ADMIN_BEAK);
}, 120_000);

afterAll(async () => {
  await system?.stop();
  await dropNamespace({ ...testConfig(), namespace });
});

const get = <Body>(path: string) => admin.expect<Body>(200, 'GET', path);

/** Waits until the figures of every day equal those of the ledger. */
function untilFiguresAgree(): Promise<readonly DayItem[]> {
  return until(
    async () => {
      const company = await get<Page<CompanyDay>>('/accounting/company');
      const { items } = await get<Page<DayItem>>('/analytics/days');
      const agree = company.items.every(({ businessDay, result, payouts }) => {
        const day = items.find((each) => each.businessDay === businessDay);
        return day?.companyResult === result && day.payouts === payouts;
      });
      return agree && items;
    },
    { within: 30_000, what: 'the figures of analytics to be those of the ledger' },
  );
}

const debtors = async () =>
  (await admin.all<Account>('/accounting/accounts?below=0')).map(({ userId, balance }) => [userId, balance]);

async function untilDebtorsAgree(): Promise<TodayAnswer> {
  return until(async () => {
    const today = await get<TodayAnswer>('/analytics/today');
    const named = today.belowZero.items.map(({ userId, balance }) => [userId, balance]);
    return JSON.stringify(named.sort()) === JSON.stringify((await debtors()).sort()) && today;
  });
}

describe('a day of work', () => {
  it('ANA-1, ANA-3: has the same figures as the ledger, before and after its close', async () => {
    const mia = await admin.register('mia', ['manager']);
    const employees = [await admin.register('pip', ['developer']), await admin.register('jay', ['boss'])];
    const tasks: Task[] = [];
    for (let n = 1; n <= 10; n++) tasks.push(await mia.client.createTask(`[POPUG-${n}] Task ${n}`));
    for (const task of tasks.slice(0, 4)) {
      const { client } = employees.find(({ user }) => user.id === task.assignee.id) ?? mia;
      await client.expect(200, 'POST', `/tasks/${task.id}/complete`);
    }
    const adjustment = { userId: employees[0]?.user.id, amount: 500, reason: 'A prize' };
    await admin.expect(201, 'POST', '/accounting/adjustments', adjustment);

    // The ledger may not have booked all events yet. Names come from another stream and may be
    // missing, too.
    const { businessDay: day } = await get<TodayAnswer>('/analytics/today');
    const operations = await until(async () => {
      const all = await admin.all<OperationItem>(`/analytics/days/${day}/operations`);
      const named = all.filter(({ employee }) =>
        employees.some(({ user }) => user.id === employee.id && user.name === employee.name),
      );
      return all.length === 15 && named.length === 15 && all;
    });
    const today = (await untilFiguresAgree()).find(({ businessDay }) => businessDay === day);
    expect(today?.averageFee).toEqual(expect.any(Number));
    const rewards = operations.filter(({ kind }) => kind === 'reward').map(({ amount }) => amount);
    expect(today?.topTask?.reward).toBe(Math.max(...rewards));
    expect((await untilDebtorsAgree()).belowZero.count).toBe((await debtors()).length);

    const closed = await admin.request('POST', `/accounting/days/${day}/close`);
    expect([200, 202]).toContain(closed.status);
    const next = await until(
      async () => {
        const now = await untilDebtorsAgree();
        return now.businessDay > day && now;
      },
      { within: 30_000, what: 'analytics to hear that the day is closed' },
    );
    expect(next.companyResult).toBe(0);
    const after = await untilFiguresAgree();
    expect(after.find(({ businessDay }) => businessDay === day)?.belowZero).toBe(next.belowZero.count);
  }, 120_000);
});
