/** E15 on a whole system: limits of one user, and log lines about refused requests. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { Client, type Task, type User } from './e2e/client.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { testServers } from './harness/servers.ts';
import { type System, startSystem } from './harness/system.ts';
import { until } from './harness/wait.ts';

const QUOTA = 3;
const SECRET = 'canary-in-a-query';
const config = testConfig();
let system: System;
let admin: Client;
let me: User;
let manager: Client;

beforeAll(async () => {
  const environment = { TASK_QUOTA: String(QUOTA), SSE_LIMIT_USER: '2', LOG_LEVEL: 'info' };
  system = await startSystem({ ...testServers(), namespace: config.namespace, environment });
  admin = await new Client(system.api).signIn('admin', ADMIN_BEAK);
  me = await admin.expect<User>(200, 'GET', '/auth/me');
  manager = (await admin.register('mia', ['manager'])).client;
  await admin.register('pip', ['developer']);
});
afterAll(async () => {
  await system?.stop();
  await dropNamespace(config);
});

const logged = (text: string) => system.nodes.some(({ output }) => output.includes(text));

describe('a user', () => {
  it('E15: can create tasks up to the quota, and repeat a request beyond it', async () => {
    const key = { 'idempotency-key': 'the-first-task' };
    const create = (headers = {}) => manager.request<Task>('POST', '/tasks', { title: 'Wash' }, headers);
    const first = await until(async () => {
      const answer = await create(key);
      return answer.status === 201 && answer;
    });
    for (let n = 1; n < QUOTA; n++) expect((await create()).status).toBe(201);
    const tasks = async () => (await admin.all<Task>('/tasks')).length;
    expect(await create()).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect(await create(key)).toMatchObject({ status: 201, body: { id: first.body.id } });
    expect(await tasks()).toBe(QUOTA);
    expect((await admin.request('POST', '/tasks', { title: 'Others may' })).status).toBe(201);
  });

  it('E15, ACC-7: cannot adjust their own account', async () => {
    const adjustment = { userId: me.id, amount: 1_000, reason: 'A gift' };
    expect(await admin.request('POST', '/accounting/adjustments', adjustment)).toMatchObject({
      status: 403,
      body: { code: 'own_account' },
    });
    const account = await admin.expect<{ balance: number }>(200, 'GET', '/accounting/accounts/me');
    expect(account.balance).toBe(0);
  });
});

describe('a request that is refused', () => {
  it('E15: leaves a log line with caller and request, without secrets', async () => {
    await admin.request('GET', `/users?role=${SECRET}%20&limit=0`);
    await manager.request('GET', `/audit?actor=${SECRET}`);
    await new Client(system.api, SECRET).request('GET', `/tasks?text=${SECRET}`);
    await new Client(system.api).request('POST', '/auth/login', { login: SECRET, beak: SECRET });
    await until(() => logged('Refused POST /api/v1/auth/login: 401 wrong_credentials, from 127.0.0.1'));
    expect(
      logged(`Refused GET /api/v1/users: 422 validation_failed, from 127.0.0.1, user ${me.id}, request `),
    ).toBe(true);
    expect(logged('Refused GET /api/v1/audit: 403 forbidden, from 127.0.0.1, user ')).toBe(true);
    expect(logged('Refused GET /api/v1/tasks: 401 invalid_token, from 127.0.0.1, request ')).toBe(true);
    expect(logged(SECRET)).toBe(false);
  });

  it('E15: is only counted if there are many', async () => {
    const stranger = new Client(system.api);
    await Promise.all(Array.from({ length: 60 }, () => stranger.request('GET', '/tasks')));
    await until(() =>
      /Refused \d+ more requests within a second: \d+ from 127\.0\.0\.1/.test(system.nodes[0]?.output ?? ''),
    );
  });

  it('E15: because of its host leaves a log line, too', async () => {
    const ask = () =>
      new Promise<number>((resolve, reject) => {
        const sent = request(`${system.api}/tasks`, { headers: { host: 'evil.example' } }, (res) => {
          resolve(res.resume().statusCode ?? 0);
        });
        sent.on('error', reject).end();
      });
    // Within a second of the many this one is counted only.
    await until(async () => {
      expect(await ask()).toBe(421);
      return logged('Refused GET /api/v1/tasks: 421 misdirected_request');
    });
  });
});
