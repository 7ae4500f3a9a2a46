/**
 * The whole story over HTTP: people sign in, and tasks are assigned, charged, paid and shuffled.
 */
import { expect } from '@jest/globals';
import { Client, type Item } from '#client';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import type { System } from '../harness/system.ts';
import { until } from '../harness/wait.ts';

const OWN = { params: { path: { userId: 'me' } } };

/** The lines of the client's own account, newest first. */
const statement = (client: Client) =>
  Array.fromAsync(client.items('/accounting/accounts/{userId}/statement', OWN));

async function signedIn(api: string, login: string, beak: string): Promise<Client> {
  const client = new Client({ api });
  await client.signIn(login, beak);
  return client;
}

export async function playTheStory(system: System): Promise<void> {
  const admin = await signedIn(system.api, 'admin', ADMIN_BEAK);
  const register = async (login: string, role: string) => {
    const beak = `beak-of-${login}`;
    const body = { login, name: `Name of ${login}`, email: `${login}@example.com`, roles: [role], beak };
    const user = await admin.post('/users', { body });
    return { user, client: await signedIn(system.api, login, beak) };
  };
  const { client: mia } = await register('mia', 'manager');
  const pip = await register('pip', 'developer');
  const jay = await register('jay', 'boss');
  const employees = [pip, jay, await register('kea', 'sweeper')];
  const clientOf = (id: string): Client => {
    const employee = employees.find(({ user }) => user.id === id);
    if (employee === undefined) throw new Error(`${id} is nobody that tasks may go to`);
    return employee.client;
  };

  // Tasks land on employees, never on a manager or an admin (TASK-2, TASK-3).
  const tasks: Item<'/tasks'>[] = [];
  for (let n = 1; n <= 12; n++) {
    tasks.push(await mia.post('/tasks', { body: { title: `[POPUG-${n}] Task ${n}` } }));
  }
  expect(tasks[0]).toMatchObject({ title: 'Task 1', externalId: 'POPUG-1', status: 'open', version: 1 });
  for (const task of tasks) clientOf(task.assignee.id);

  // Only the assignee completes, and once (TASK-7).
  const [first] = tasks;
  if (first === undefined) throw new Error('no task was made');
  const complete = (client: Client, id: string) =>
    client.post('/tasks/{id}/complete', { params: { path: { id } } });
  for (const { user, client } of employees) {
    if (user.id === first.assignee.id) continue;
    await expect(complete(client, first.id)).rejects.toMatchObject({ status: 403, code: 'not_your_task' });
  }
  const done = await complete(clientOf(first.assignee.id), first.id);
  expect(done).toMatchObject({ id: first.id, status: 'done', version: 2 });
  const again = complete(clientOf(first.assignee.id), first.id);
  await expect(again).rejects.toMatchObject({ status: 409, code: 'task_already_done' });

  // A shuffle draws every open task again (TASK-5); an employee may not press the button.
  await expect(pip.client.post('/tasks/shuffles')).rejects.toMatchObject({ status: 403 });
  const { id: shuffleId } = await mia.post('/tasks/shuffles');
  const shuffle = await until(
    async () => {
      const now = await mia.get('/tasks/shuffles/{id}', { params: { path: { id: shuffleId } } });
      return now.status === 'completed' && now;
    },
    { what: 'the shuffle to complete' },
  );
  expect(shuffle).toMatchObject({ total: 11, done: 11 });
  const params = { path: { id: String(tasks[1]?.id) } };
  const history = await Array.fromAsync(mia.items('/tasks/{id}/assignments', { params }));
  expect(history.map((assignment) => assignment.shuffleId).sort()).toEqual([shuffleId, null].sort());

  // Everybody completes what they have now.
  let completed = 1;
  for (const { user, client } of employees) {
    const mine = { query: { assignee: 'me', status: 'open' } } as const;
    for (const task of await Array.fromAsync(client.items('/tasks', { params: mine }))) {
      expect(task.assignee.id).toBe(user.id);
      await complete(client, task.id);
      completed += 1;
    }
  }
  expect(completed).toBe(12);

  // The books: 12 + 11 assignments were charged, 12 completions paid, each once (ACC-2).
  const lines = await until(
    async () => {
      const all = await Promise.all(employees.map(({ client }) => statement(client)));
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
    const account = await client.get('/accounting/accounts/{userId}', OWN);
    let balance = 0;
    for (const line of (await statement(client)).reverse()) {
      balance += line.amount;
      expect(line.balanceAfter).toBe(balance);
    }
    expect(account).toMatchObject({ userId: user.id, balance, currency: 'USD' });
    expect(account.today.net).toBe(balance);
    expect(account.today.earned - account.today.charged).toBe(balance);
  }

  // Nobody reads another's account but accountants and admins; a manager's own is empty.
  const other = { params: { path: { userId: jay.user.id } } };
  const refused = pip.client.get('/accounting/accounts/{userId}', other);
  await expect(refused).rejects.toMatchObject({ status: 403 });
  expect(await admin.get('/accounting/accounts/{userId}', other)).toMatchObject({ userId: jay.user.id });
  expect(await mia.get('/accounting/accounts/{userId}', OWN)).toMatchObject({ balance: 0 });
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}
