/**
 * The whole story over HTTP: people sign in, and tasks are assigned, charged, paid and shuffled.
 */
import { expect } from '@jest/globals';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import type { System } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { type Account, Client, type Line, type Task } from './client.ts';

interface Shuffle {
  readonly id: string;
  readonly status: 'running' | 'completed';
  readonly total: number;
  readonly done: number;
}

interface Assignment {
  readonly assignee: { readonly id: string };
  readonly shuffleId: string | null;
}

/** Waits until a statement has the expected number of lines. Returns them, oldest first. */
async function statement(client: Client, path: string, lines: number): Promise<Line[]> {
  return until(
    async () => {
      const items = await client.all<Line>(path);
      return items.length >= lines && items.reverse();
    },
    { within: 20_000, what: `${lines} lines in ${path}` },
  );
}

export async function playTheStory(system: System): Promise<void> {
  const anyone = new Client(system.api);
  const admin = await anyone.signIn('admin', ADMIN_BEAK);
  const mia = await admin.register('mia', ['manager']);
  const employees = [
    await admin.register('pip', ['developer']),
    await admin.register('jay', ['boss']),
    await admin.register('kea', ['sweeper']),
  ];
  const clientOf = (id: string): Client => {
    const employee = employees.find(({ user }) => user.id === id);
    if (employee === undefined) throw new Error(`${id} is nobody that tasks may go to`);
    return employee.client;
  };

  // Tasks land on employees, never on a manager or an admin (TASK-2, TASK-3).
  const tasks: Task[] = [];
  for (let n = 1; n <= 12; n++) tasks.push(await mia.client.createTask(`[POPUG-${n}] Task ${n}`));
  expect(tasks[0]).toMatchObject({ title: 'Task 1', externalId: 'POPUG-1', status: 'open', version: 1 });
  for (const task of tasks) clientOf(task.assignee.id);

  // Only the assignee completes, and once (TASK-7).
  const [first] = tasks;
  if (first === undefined) throw new Error('no task was made');
  const stranger = employees.find(({ user }) => user.id !== first.assignee.id);
  const refused = await stranger?.client.request<{ code: string }>('POST', `/tasks/${first.id}/complete`);
  expect(refused).toMatchObject({ status: 403, body: { code: 'not_your_task' } });
  const done = await clientOf(first.assignee.id).expect<Task>(200, 'POST', `/tasks/${first.id}/complete`);
  expect(done).toMatchObject({ id: first.id, status: 'done', version: 2 });
  const again = await clientOf(first.assignee.id).request<{ code: string }>(
    'POST',
    `/tasks/${first.id}/complete`,
  );
  expect(again).toMatchObject({ status: 409, body: { code: 'task_already_done' } });

  // A shuffle draws every open task again (TASK-5); an employee may not press the button.
  expect((await employees[0]?.client.request('POST', '/tasks/shuffles'))?.status).toBe(403);
  const pressed = await mia.client.request<Shuffle>('POST', '/tasks/shuffles');
  expect(pressed.status).toBe(202);
  expect(pressed.headers.get('location')).toBe(`/api/v1/tasks/shuffles/${pressed.body.id}`);
  const shuffle = await until(
    async () => {
      const now = await mia.client.expect<Shuffle>(200, 'GET', `/tasks/shuffles/${pressed.body.id}`);
      return now.status === 'completed' && now;
    },
    { what: 'the shuffle to complete' },
  );
  expect(shuffle).toMatchObject({ total: 11, done: 11 });
  const history = await mia.client.all<Assignment>(`/tasks/${tasks[1]?.id}/assignments`);
  expect(history.map(({ shuffleId }) => shuffleId).sort()).toEqual([shuffle.id, null].sort());

  // Everybody completes what they have now.
  let completed = 1;
  for (const { user, client } of employees) {
    const mine = await client.all<Task>('/tasks?assignee=me&status=open');
    for (const task of mine) {
      expect(task.assignee.id).toBe(user.id);
      await client.expect(200, 'POST', `/tasks/${task.id}/complete`);
      completed += 1;
    }
  }
  expect(completed).toBe(12);

  // The books: 12 + 11 assignments were charged, 12 completions paid, each once (ACC-2).
  const lines = await until(
    async () => {
      const all = await Promise.all(
        employees.map(({ client }) => client.all<Line>('/accounting/accounts/me/statement')),
      );
      return all.flat().length >= 35 && all;
    },
    { within: 20_000, what: '35 lines in the books' },
  );
  const fees = lines.flat().filter(({ kind }) => kind === 'fee');
  const rewards = lines.flat().filter(({ kind }) => kind === 'reward');
  expect([fees.length, rewards.length]).toEqual([23, 12]);
  expect(range(1000, 2000, 100)).toEqual(expect.arrayContaining(fees.map(({ amount }) => -amount)));
  expect(range(2000, 4000, 100)).toEqual(expect.arrayContaining(rewards.map(({ amount }) => amount)));
  for (const task of tasks) {
    const reward = rewards.filter(({ reference }) => reference?.id === task.id);
    const charged = fees.filter(({ reference }) => reference?.id === task.id);
    expect(reward).toHaveLength(1);
    expect(reward[0]?.reference).toMatchObject({ type: 'task', title: task.title });
    expect(charged).toHaveLength(task.id === first.id ? 1 : 2);
    expect(new Set(charged.map(({ amount }) => amount)).size).toBe(1);
  }

  // Balances equal the sums of their lines, and each line tells the balance after it (ACC-3).
  for (const { user, client } of employees) {
    const account = await client.expect<Account>(200, 'GET', '/accounting/accounts/me');
    const own = await statement(client, '/accounting/accounts/me/statement', 0);
    let balance = 0;
    for (const line of own) {
      balance += line.amount;
      expect(line.balanceAfter).toBe(balance);
    }
    expect(account).toMatchObject({ userId: user.id, balance, currency: 'USD' });
    expect(account.today.net).toBe(balance);
    expect(account.today.earned - account.today.charged).toBe(balance);
  }

  // Nobody reads another's account but accountants and admins; a manager's own is empty.
  const [pip, jay] = employees;
  expect((await pip?.client.request('GET', `/accounting/accounts/${jay?.user.id}`))?.status).toBe(403);
  expect((await admin.request('GET', `/accounting/accounts/${jay?.user.id}`)).status).toBe(200);
  expect(await mia.client.expect<Account>(200, 'GET', '/accounting/accounts/me')).toMatchObject({
    balance: 0,
  });
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}
