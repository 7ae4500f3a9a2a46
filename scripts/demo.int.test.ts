import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayAfter } from '#mixins/calendar.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { type Account, Client, type Line, type Task, type User } from '../test/e2e/client.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { testServers } from '../test/harness/servers.ts';
import { type System, startSystem } from '../test/harness/system.ts';
import { until } from '../test/harness/wait.ts';
import { COMPILE_CACHE } from './compile-cache.mjs';
import { planDemo } from './demo/plan.ts';
import { noteAddresses } from './launcher/addresses.ts';

const SMALL = ['--seed', '7', '--people', '4', '--weeks', '1', '--tasks-a-day', '4'];
const PLAN = planDemo({ seed: 7, people: 4, weeks: 1, tasksADay: 4 });
const SCRIPT = fileURLToPath(new URL('./demo.ts', import.meta.url));

const config = testConfig();
const dataDir = mkdtempSync(`${tmpdir()}/demo-test-`);
let system: System;
let admin: Client;
let firstDay: string;
beforeAll(async () => {
  // No midnight comes in between.
  const farOff = new Date(Date.now() + 12 * 3_600_000).toISOString().slice(11, 16);
  const environment = { DAY_CLOSE_AT: farOff };
  system = await startSystem({ ...testServers(), namespace: config.namespace, environment });
  admin = await new Client(system.api).signIn('admin', ADMIN_BEAK);
  firstDay = (await admin.expect<{ businessDay: string }>(200, 'GET', '/analytics/today')).businessDay;
  // As a launcher does, in the data folder where the demo finds the system.
  const elsewhere = {
    natsUrl: '',
    databaseUrl: '',
    keySecret: null,
    smtpUrl: '',
    inbox: 'http://127.0.0.1:8025/',
  };
  noteAddresses(dataDir, { ...elsewhere, address: system.root });
}, 120_000);
afterAll(async () => {
  await system.stop();
  await dropNamespace(config);
  rmSync(dataDir, { recursive: true, force: true });
});

async function demo(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, DATA_DIR: dataDir, ADMIN_BEAK, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}

/** The days of the plan, with their dates. */
const days = () => PLAN.days.map((day, index) => ({ ...day, date: dayAfter(firstDay, index) }));
const operations = (day: string) => admin.all<Line>(`/analytics/days/${day}/operations`);
const statusOf = async (day: string) =>
  (await admin.expect<{ status: string }>(200, 'GET', `/accounting/days/${day}`)).status;

describe('npm run demo on a new system', () => {
  let out: string;
  beforeAll(async () => {
    const ended = await demo(SMALL);
    expect(ended).toMatchObject({ code: 0, err: '' });
    out = ended.out;
  }, 120_000);

  it('states before it begins that the business day will run ahead', () => {
    expect(out.split('\n')[0]).toContain(`the open business day is ${dayAfter(firstDay, 7)}`);
  });

  it('registers the people of its seed, who can sign in', async () => {
    const users = await admin.all<User>('/users');
    expect(users.map(({ login }) => login).sort()).toEqual(
      ['admin', ...PLAN.people.map(({ login }) => login)].sort(),
    );
    const beak = /the beak (\S+)/.exec(out)?.[1] ?? '';
    await new Client(system.api).signIn(PLAN.people[0]?.login ?? '', beak);
  });

  it('closes every day, and leaves the next one open', async () => {
    expect(await Promise.all(days().map(({ date }) => statusOf(date)))).toEqual(days().map(() => 'closed'));
    expect(await statusOf(dayAfter(firstDay, 7))).toBe('open');
  });

  it('gives each day the figures of its work', async () => {
    const tasks = await admin.all<Task>('/tasks');
    expect(tasks).toHaveLength(days().reduce((sum, day) => sum + day.tasks.length, 0));
    const done = tasks.filter(({ status }) => status === 'done').length;
    expect(done).toBe(days().reduce((sum, { complete }) => sum + complete.length, 0));
    for (const day of days()) {
      const lines = await operations(day.date);
      const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
      expect({ day: day.date, rewards: count('reward') }).toEqual({
        day: day.date,
        rewards: day.complete.length,
      });
      expect(count('fee')).toBeGreaterThanOrEqual(day.tasks.length);
      expect(count('adjustment')).toBe(day.bonus === null ? 0 : 1);
    }
  });

  it('leaves figures that agree with the books', async () => {
    const range = `from=${firstDay}&to=${dayAfter(firstDay, 6)}`;
    const company = await admin.all<{ businessDay: string; result: number }>(`/accounting/company?${range}`);
    const figures = await admin.all<{ businessDay: string; companyResult: number }>(
      `/analytics/days?${range}`,
    );
    expect(figures.map(({ businessDay, companyResult }) => [businessDay, companyResult])).toEqual(
      company.map(({ businessDay, result }) => [businessDay, result]),
    );
    expect(company.some(({ result }) => result !== 0)).toBe(true);
  });

  it('charges every assignment and pays every completion, each once', async () => {
    const tasks = await admin.all<Task>('/tasks');
    const lines: Line[] = [];
    for (const { userId } of await admin.all<{ userId: string }>('/accounting/accounts')) {
      const own = await admin.all<Line>(`/accounting/accounts/${userId}/statement`);
      const { balance } = await admin.expect<Account>(200, 'GET', `/accounting/accounts/${userId}`);
      expect(own.reduce((sum, { amount }) => sum + amount, 0)).toBe(balance);
      lines.push(...own);
    }
    const byTask = Map.groupBy(lines, ({ reference }) => reference?.id);
    for (const { id, version } of tasks) expect(byTask.get(id)).toHaveLength(version);
  });

  it('leaves no difference between tasks, books, figures and mails', async () => {
    const { status, body } = await until(
      async () => {
        const answer = await admin.request<{ consistent: boolean }>('GET', '/analytics/reconciliation');
        return answer.status !== 503 && answer;
      },
      { within: 60_000, what: 'the comparison' },
    );
    expect({ status, body }).toMatchObject({ status: 200, body: { consistent: true, differences: [] } });
  }, 90_000);

  it('prints figures, and where to look', () => {
    expect(out).toContain('7 days are closed');
    expect(out).toMatch(/the company made -?USD [\d,.]+ and paid out USD/);
    expect(out).toContain('The mails are on http://127.0.0.1:8025/');
    expect(out).toContain(`/analytics/days?from=${firstDay}`);
  });
});

describe('npm run demo in a system with people', () => {
  const state = async () => ({
    users: (await admin.all<User>('/users')).length,
    tasks: (await admin.all<Task>('/tasks')).length,
    today: await admin.expect<object>(200, 'GET', '/analytics/today'),
  });

  it('does nothing and prints what it would do, unless it is forced', async () => {
    const before = await state();
    const { code, out, err } = await demo(SMALL);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('Nothing was done: this system has people already (4 besides admin)');
    expect(err).toContain('--into-existing');
    expect(await state()).toEqual(before);
  });

  it('adds to them when it is forced, with the system given by its address', async () => {
    const args = ['--people', '3', '--weeks', '1', '--tasks-a-day', '1', '--seed', '7', '--into-existing'];
    const { code, err } = await demo(args, { API: system.api, DATA_DIR: '/nowhere' });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect((await admin.all<User>('/users')).length).toBe(8);
    expect(await statusOf(dayAfter(firstDay, 13))).toBe('closed');
    expect(await statusOf(dayAfter(firstDay, 14))).toBe('open');
  }, 60_000);
});

describe('npm run demo', () => {
  it.each([
    ['1 with a wrong beak', { ADMIN_BEAK: 'another-beak' }, [], 1, 'ADMIN_BEAK'],
    ['1 without a beak and nobody to ask', { ADMIN_BEAK: '' }, [], 1, 'ADMIN_BEAK'],
    ['1 without a system', { DATA_DIR: '/nowhere' }, [], 1, 'npm start'],
    ['1 with an address that is none', { API: 'localhost' }, [], 1, 'API'],
    ['2 with an option that it does not know', {}, ['--quick'], 2, 'Usage'],
  ])('ends with %s', async (_, environment, args, expected, said) => {
    const { code, out, err } = await demo(args, environment);
    expect({ code, out }).toEqual({ code: expected, out: '' });
    expect(err).toContain(said);
    expect(err).not.toMatch(/^\s+at /m);
  });
});
