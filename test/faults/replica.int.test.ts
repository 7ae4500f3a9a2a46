/**
 * The whole system, with a streaming replica for the database of each service. One of the two
 * servers is away.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { ActionAnswer, ActionContract } from '#schemas/action.ts';
import type dayAction from '#schemas/actions/accounting/day.ts';
import { loadActionContracts } from '#schemas/load.ts';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import type { Answer, Task } from '../e2e/client.ts';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { startReplica } from '../harness/replica.ts';
import { startPostgres, type TestServer, testServers } from '../harness/servers.ts';
import { type System, serviceNames, startSystem } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { expectExactBooks } from './books.ts';
import { type Crowd, completedShuffle, createTasks, gatherCrowd, pressShuffle } from './crowd.ts';

/** Maximum number of log lines of all services together for an outage of some seconds. */
const MAX_LINES = 100;

const config = testConfig();
/** A reconciliation is stored work, and it compares the primaries (ANA-6). */
const RECONCILIATION = 'GET /analytics/reconciliation';
/** Every route that reads. Those of other protocols are steps of a sign-in. */
const contracts = (await loadActionContracts()).filter(
  ({ route, protocol }) => route.startsWith('GET ') && route !== RECONCILIATION && protocol === undefined,
);
let primary: TestServer;
let replica: TestServer;
let system: System;
let crowd: Crowd;
/** One object of each kind that a path can name. */
let named: Readonly<Record<string, string>>;

async function ask<Row extends object>(server: TestServer, sql: string): Promise<Row | undefined> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  return (await client.query<Row>(sql).finally(() => client.end())).rows[0];
}

/** Waits until the replica has the present state of the primary. */
async function replicaHasAll(): Promise<void> {
  const now = await ask<{ lsn: string }>(primary, 'SELECT pg_current_wal_flush_lsn() AS lsn');
  await until(async () => {
    const row = await ask<{ there: boolean }>(
      replica,
      `SELECT pg_last_wal_replay_lsn() >= '${now?.lsn}' AS there`,
    );
    return row?.there;
  });
}

async function expectExactBooksOnReplica(): Promise<void> {
  await replicaHasAll();
  await expectExactBooks(crowd.admin);
}

function urlOf(route: string): string {
  const [, path = ''] = route.split(' ');
  const whole = path.replace(/^(.*?)\/:(\w+)/, (_, before: string, name: string) => {
    const value = named[name] ?? named[`${before}/:${name}`];
    if (value === undefined) throw new Error(`${route}: what is there to ask it for?`);
    return `${before}/${value}`;
  });
  return whole.startsWith('//') ? system.root + whole.slice(1) : system.api + whole;
}

/** The status of a read. For server-sent events, after the first event. */
async function read({ route, event }: ActionContract): Promise<number> {
  const ending = new AbortController();
  const headers = { authorization: `Bearer ${crowd.admin.token}` };
  const response = await fetch(urlOf(route), { headers, signal: ending.signal });
  if (event === undefined) await response.text();
  else if (response.ok) {
    const stream = response.body?.pipeThrough(new TextDecoderStream()) ?? [];
    for await (const text of stream) if (text.includes(`event: ${event}`)) break;
  }
  ending.abort();
  return response.status;
}

/** No event was dead-lettered, and no other application is known. */
const MISSING = new Set([
  'GET /dead-letters/:id',
  'GET /dead-letters/jobs/:id',
  'GET //.well-known/openid-configuration',
]);

async function expectAllReads(): Promise<void> {
  const answers = await Promise.all(
    contracts.map(async (contract) => [contract.route, await read(contract)]),
  );
  expect(Object.fromEntries(answers)).toEqual(
    Object.fromEntries(contracts.map(({ route }) => [route, MISSING.has(route) ? 404 : 200])),
  );
}

type Write = readonly [method: string, path: string, body?: object];

/**
 * Writes that do not affect the books. A hanging write has an unknown outcome: it may still be
 * carried out when the server goes on.
 */
function harmless(): readonly Write[] {
  return [
    ['POST', '/auth/login', { login: 'admin', beak: ADMIN_BEAK }],
    ['POST', '/auth/refresh', { refreshToken: 'x'.repeat(43) }],
    ['PATCH', `/users/${named.userId}`, { email: 'changed@example.com' }],
    ['POST', `/accounting/days/${named.day}/close`, { dryRun: true }],
  ];
}

function allWrites(): readonly Write[] {
  const { userId, taskId, day } = named;
  const late = { login: 'late', name: 'Late', email: 'late@example.com', roles: ['x'], beak: 'too-late-now' };
  return [
    ...harmless(),
    ['GET', '/analytics/reconciliation'],
    ['POST', '/users', late],
    ['POST', '/tasks', { title: 'Refused' }],
    ['POST', `/tasks/${taskId}/complete`],
    ['POST', '/tasks/shuffles'],
    ['POST', '/accounting/adjustments', { userId, amount: 1_000, reason: 'refused' }],
    ['POST', `/accounting/days/${day}/close`],
  ];
}

async function expectRefused(writes: readonly Write[]): Promise<void> {
  const answers = await Promise.all(
    writes.map(async ([method, path, body]) => {
      const { status, headers } = await crowd.admin.request(method, path, body);
      return { path, status, retryAfter: Number(headers.get('retry-after')) };
    }),
  );
  expect(answers.filter(({ status, retryAfter }) => status !== 503 || !(retryAfter >= 1))).toEqual([]);
}

/** All data that a refused write could have changed. */
async function everything() {
  const { admin } = crowd;
  const account = await admin.expect<{ balance: number }>(200, 'GET', `/accounting/accounts/${named.userId}`);
  // Its fees change with the events that are still on the way.
  const {
    carriedOver: _,
    fees: __,
    ...day
  } = await admin.expect<ActionAnswer<typeof dayAction>>(200, 'GET', `/accounting/days/${named.day}`);
  return { users: await admin.all('/users'), tasks: await admin.all('/tasks'), account, day };
}

async function completeSomeTask(): Promise<void> {
  const [task] = await crowd.admin.all<Task>('/tasks?status=open');
  const owner = crowd.employees.find(({ user }) => user.id === task?.assignee.id);
  await owner?.client.expect<Task>(200, 'POST', `/tasks/${task?.id}/complete`);
}

/** The newest block of the seal; undefined before the first. */
async function sealedBlock(): Promise<number | undefined> {
  const { block } = await crowd.admin.expect<{ block: number | null }>(200, 'GET', '/accounting/seal');
  return block ?? undefined;
}

beforeAll(async () => {
  primary = await startPostgres();
  replica = await startReplica(primary);
  const readUrl = `postgresql://${new URL(replica.url).host}`;
  system = await startSystem({
    natsUrl: testServers().natsUrl,
    databaseUrl: primary.url,
    namespace: config.namespace,
    environment: Object.fromEntries(
      serviceNames().map((name) => [`${name.toUpperCase()}_DATABASE_READ_URL`, readUrl]),
    ),
  });
  crowd = await gatherCrowd(system, 3);
  const [employee] = crowd.employees;
  const task = await crowd.manager.createTask('To be looked at');
  const shuffleId = await pressShuffle(crowd);
  const { businessDay } = await crowd.admin.expect<{ businessDay: string }>(200, 'GET', '/analytics/today');
  named = {
    userId: employee?.user.id ?? '',
    day: businessDay,
    taskId: task.id,
    '/users/:id': employee?.user.id ?? '',
    '/tasks/:id': task.id,
    '/tasks/shuffles/:id': shuffleId,
    '/mails/:id': (await until(async () => (await crowd.admin.all<{ id: string }>('/mails'))[0])).id,
    '/accounting/seal/blocks/:number': String(await until(sealedBlock)),
    '/dead-letters/:id': randomUUID(),
    '/dead-letters/jobs/:id': randomUUID(),
  };
  await completedShuffle(crowd, shuffleId);
  await expectExactBooksOnReplica();
});

afterAll(async () => {
  await system?.stop();
  await primary?.dispose();
  await replica?.dispose();
  await dropNamespace(config);
});

describe('with the primary stopped', () => {
  it('FAIL-4: every read works, every write is refused with Retry-After and changes nothing, and later all works again without a restart', async () => {
    const [node] = system.nodes;
    // Their events are still on the way.
    await createTasks(crowd, 20);
    await replicaHasAll();
    const before = await everything();
    const logged = node?.output.split('\n').length ?? 0;
    await primary.stop();
    try {
      await expectAllReads();
      await expectRefused(allWrites());
      await expectAllReads();
      expect((await everything()).tasks).toEqual(before.tasks);
      expect((node?.output.split('\n').length ?? 0) - logged).toBeLessThan(MAX_LINES);
    } finally {
      await primary.restart();
    }
    await until(
      async () => (await crowd.manager.request('POST', '/tasks', { title: 'Back' })).status === 201,
    );
    await replicaHasAll();
    const { users, tasks, day } = await everything();
    expect({ users, day }).toEqual({ users: before.users, day: before.day });
    expect(tasks.slice(1)).toEqual(before.tasks);
    await completeSomeTask();
    await expectExactBooksOnReplica();
  });
});

describe('with the primary hanging', () => {
  it('FAIL-4: reads work, writes are refused within seconds, and a request repeated under its key takes effect once', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const create = () => crowd.manager.request<Task>('POST', '/tasks', { title: 'Asked twice' }, key);
    await createTasks(crowd, 5);
    await primary.pause();
    let created: Answer<Task>;
    try {
      [created] = await Promise.all([create(), expectRefused(harmless()), expectAllReads()]);
    } finally {
      primary.resume();
    }
    expect(created.status).toBe(503);
    const task = await until(async () => {
      const answer = await create();
      return answer.status === 201 && answer.body;
    });
    await replicaHasAll();
    expect(await crowd.admin.all<Task>('/tasks?text=Asked+twice')).toMatchObject([{ id: task.id }]);
    await expectExactBooksOnReplica();
  });
});

describe('with the replica behind', () => {
  it('FAIL-4: decisions use the primary, and a new row is found by its id', async () => {
    const { admin, manager, employees } = crowd;
    await replicaHasAll();
    await ask(replica, 'SELECT pg_wal_replay_pause()');
    try {
      const task = await manager.createTask('New');
      expect(await admin.expect<Task>(200, 'GET', `/tasks/${task.id}`)).toMatchObject({ title: 'New' });
      expect(await admin.all(`/tasks/${task.id}/assignments`)).toHaveLength(1);
      const owner = employees.find(({ user }) => user.id === task.assignee.id)?.client;
      await owner?.expect(200, 'POST', `/tasks/${task.id}/complete`);
      expect((await owner?.request('POST', `/tasks/${task.id}/complete`))?.status).toBe(409);
      const { user, client } = await admin.register('newcomer', ['developer']);
      const { id, login, roles, active } = user;
      const known = { id, login, roles, active };
      expect(await client.expect(200, 'GET', '/auth/me')).toMatchObject(known);
      expect(await admin.expect(200, 'GET', `/users/${user.id}`)).toMatchObject(known);
      const taken = {
        login: 'newcomer',
        name: 'X',
        email: 'x@example.com',
        roles: ['x'],
        beak: 'another-beak',
      };
      expect((await admin.request('POST', '/users', taken)).status).toBe(409);
    } finally {
      await ask(replica, 'SELECT pg_wal_replay_resume()');
    }
    await expectExactBooksOnReplica();
  });
});

describe('without its replica', () => {
  it.each([
    ['stopped', () => replica.stop(), () => replica.restart()],
    ['hanging', async () => replica.pause(), async () => replica.resume()],
  ])('FAIL-4: with the replica %s, the primary answers reads', async (_, leave, comeBack) => {
    await leave();
    try {
      await expectAllReads();
      await expectAllReads();
      await crowd.manager.expect(201, 'POST', '/tasks', { title: 'Written' });
    } finally {
      await comeBack();
    }
    await expectExactBooksOnReplica();
  });
});
