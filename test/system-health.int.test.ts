/**
 * The state of the system over HTTP (SYS-1), and the operator actions of admins (SYS-2). The tasks
 * run on a node of their own, so that they can be away.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headers } from 'nats';
import pg from 'pg';
import { databaseName, subjectOf } from '#mixins/names.ts';
import { platformOf } from '#mixins/platform.ts';
import type { SystemHealth } from '#schemas/answers/system.ts';
import { toHeaders } from '#schemas/cloud-events.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import type { Config } from '../config.ts';
import type { AuditItem } from '../services/audit/record.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { Client, type Page, type User } from './e2e/client.ts';
import { startNode, type TestNode } from './harness/broker.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { until } from './harness/wait.ts';
import { type HttpNode, startHttpNode } from './http-node.fixture.ts';

/** More than stop a consumer within a minute. */
const POISONS = 120;

interface Answer {
  readonly code: string;
  readonly nodes: number;
  readonly events: number;
}

let config: Config;
let node: HttpNode;
let tasks: TestNode;
let admin: Client;
let adminId: string;

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK, logLevel: 'fatal' });
  node = await startHttpNode(config, ['gateway', 'auth', 'mailer', 'audit']);
  tasks = await startNode(config, ['tasks']);
  admin = node.admin;
  adminId = (await admin.expect<User>(200, 'GET', '/auth/me')).id;
  await until(async () => !(await health()).missing.includes('tasks'), { within: 20_000 });
}, 60_000);
afterAll(async () => {
  await tasks?.stop();
  await node?.stop();
  await dropNamespace(config);
});

const health = () => admin.expect<SystemHealth>(200, 'GET', '/system/health');
const consumer = async (name: string) => (await health()).consumers.find((each) => each.name === name);
const resume = (name: string, key = randomUUID()) =>
  admin.request<Answer>('POST', `/system/consumers/${name}/resume`, undefined, { 'idempotency-key': key });
const resend = (service: string, key = randomUUID()) =>
  admin.request<Answer>('POST', `/system/outboxes/${service}/resend`, undefined, { 'idempotency-key': key });

async function sql<Row extends object>(service: string, text: string): Promise<Row[]> {
  const url = new URL(config.databaseUrl ?? '');
  url.pathname = `/${databaseName(config.namespace, service)}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** What the log says of operator actions at a target, once it says so many things. */
const logged = (service: string, target: string, count: number) =>
  until(
    async () => {
      const { items } = await admin.expect<Page<AuditItem>>(
        200,
        'GET',
        `/audit?type=${service}.intervention.made.v1`,
      );
      const ours = items.filter(({ data }) => (data as { target: string }).target === target);
      return ours.length >= count && ours;
    },
    { within: 20_000, what: 'the operator action in the log' },
  );

/** Messages that nobody can read, in a stream that several services read. */
async function publishPoison(): Promise<void> {
  const { bus } = platformOf(node.broker);
  for (let n = 0; n < POISONS; n += 1) {
    const envelope = {
      id: randomUUID(),
      type: userChanged.type,
      source: 'auth',
      subject: `user/${randomUUID()}`,
      sequence: 1,
      time: new Date(),
      actorId: 'service:auth',
      actorAddress: null,
      correlationId: 'poison',
      causationId: null,
      traceparent: null,
    };
    const attributes = headers();
    for (const [name, value] of toHeaders(envelope)) attributes.append(name, value);
    const subject = subjectOf(config.namespace, userChanged.type);
    await bus.jetstream.publish(subject, Buffer.from('not Avro at all'), { headers: attributes });
  }
}

describe('a system', () => {
  it('SYS-1: shows its services, consumers, loops, outboxes and mails, and what is missing', async () => {
    const shown = await health();
    expect(shown.services).toEqual(
      expect.arrayContaining([
        { name: 'tasks', nodes: 1, silent: 0 },
        { name: 'gateway', nodes: 1, silent: 0 },
        { name: 'accounting', nodes: 0, silent: 0 },
      ]),
    );
    expect(shown.missing).toEqual(expect.arrayContaining(['accounting', 'analytics', 'reconciliation']));
    expect(shown.missing).not.toContain('tasks');
    expect(shown.consumers).toContainEqual(
      expect.objectContaining({ name: 'tasks-users', service: 'tasks', nodes: 1, deadLetters: 0 }),
    );
    expect(shown.loops).toContainEqual(
      expect.objectContaining({ name: 'tasks-shuffles', service: 'tasks', reason: null }),
    );
    expect(shown.outboxes.map(({ service }) => service)).toEqual(['audit', 'auth', 'mailer', 'tasks']);
    expect(shown.mails).toMatchObject({ failed: { count: 0, capped: false } });
  });

  it('SYS-1: is followed by server-sent events', async () => {
    const request = get(`${node.api}/system/live`, { headers: { authorization: `Bearer ${admin.token}` } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const events = () =>
      [...text.matchAll(/event: system\nid: \S+\ndata: (.*)\n\n/g)].map(([, data]) => data);
    await until(() => events().length >= 2, { within: 20_000, what: 'two events' });
    request.destroy();
    const [first, second] = events().map((data) => JSON.parse(data ?? '') as SystemHealth);
    expect(first?.services.map(({ name }) => name)).toContain('tasks');
    expect(first?.at.localeCompare(second?.at ?? '')).toBe(-1);
  });

  it('SYS-1, SYS-2: is shown to admins only, who alone act on it; nothing changes', async () => {
    const { client: manager } = await admin.register('mia', ['manager', 'accountant']);
    const before = await sql('tasks', `SELECT FROM outbox WHERE type LIKE '%intervention%'`);
    for (const [client, status] of [
      [new Client(node.api), 401],
      [manager, 403],
    ] as const) {
      const answers = await Promise.all([
        client.request('GET', '/system/health'),
        client.request('GET', '/system/live'),
        client.request('POST', '/system/consumers/tasks-users/resume'),
        client.request('POST', '/system/outboxes/tasks/resend'),
      ]);
      expect(answers.map((answer) => answer.status)).toEqual([status, status, status, status]);
    }
    expect(await sql('tasks', `SELECT FROM outbox WHERE type LIKE '%intervention%'`)).toEqual(before);
  });

  it('SYS-2: does not trust a caller inside: the service checks the token itself', async () => {
    const token = 'not.a.token';
    for (const action of ['tasks.consumers.resume', 'tasks.outbox.sendAgain', 'tasks.outbox.stats']) {
      const params = action.endsWith('resume') ? { key: 'users' } : {};
      const call = (meta: object) => node.broker.call(action, params, { meta });
      await expect(call({})).rejects.toMatchObject({ type: 'unauthenticated' });
      await expect(call({ token })).rejects.toMatchObject({ type: 'invalid_token' });
    }
  });
});

describe('an outbox with refused events', () => {
  const refuseNewest = () =>
    sql(
      'auth',
      `UPDATE outbox SET published_at = NULL, stream_sequence = NULL, stream_epoch = NULL, refused_at = now(), refused_reason = 'too large'
       WHERE position = (SELECT max(position) FROM outbox WHERE published_at IS NOT NULL)`,
    );
  const refused = async () => (await sql('auth', 'SELECT FROM outbox WHERE refused_at IS NOT NULL')).length;

  it('SYS-2, AUD-1: publishes them again, once for a key, and logs who did it', async () => {
    await until(
      async () => (await sql('auth', 'SELECT FROM outbox WHERE published_at IS NULL')).length === 0,
    );
    await refuseNewest();
    const key = randomUUID();
    expect(await resend('auth', key)).toMatchObject({ status: 200, body: { service: 'auth', events: 1 } });
    expect(await refused()).toBe(0);
    await until(
      async () => (await sql('auth', 'SELECT FROM outbox WHERE published_at IS NULL')).length === 0,
    );
    await refuseNewest();
    expect((await resend('auth', key)).body.events).toBe(1);
    expect(await refused()).toBe(1);
    expect((await resend('auth')).body.events).toBe(1);
    expect((await resend('auth')).body.events).toBe(0);
    expect(await logged('auth', 'auth', 2)).toMatchObject(
      Array.from({ length: 2 }, () => ({ actor: adminId, data: { step: 'refused-sent-again' } })),
    );
  });

  it('SYS-2: is unknown, or does not answer', async () => {
    expect(await resend('parrots')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await resend('reconciliation')).toMatchObject({ status: 503 });
    expect(await resend('accounting')).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
  });
});

describe('a consumer that has stopped itself', () => {
  it('SYS-2, AUD-1: goes on when an admin resumes it, once for a key; the log says who did', async () => {
    expect(await resume('tasks-users')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await resume('tasks-parrots')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await resume('parrots-users')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await resume('accounting-users')).toMatchObject({ status: 503 });

    await publishPoison();
    const stopped = await until(
      async () => {
        const found = await consumer('tasks-users');
        return found?.state === 'stopped' && found;
      },
      { within: 30_000, what: 'the consumer to stop' },
    );
    expect(stopped.reason).toContain('within a minute');
    expect((await health()).consumers[0]?.state).toBe('stopped');
    const key = randomUUID();
    expect(await resume('tasks-users', key)).toMatchObject({
      status: 200,
      body: { name: 'tasks-users', nodes: 1 },
    });
    expect(await resume('tasks-users', key)).toMatchObject({ status: 200, body: { nodes: 1 } });
    // Those of other services may have stopped as well.
    await until(async () => {
      const stopped = (await health()).consumers.filter(({ state }) => state === 'stopped');
      for (const { name } of stopped) await resume(name);
      return stopped.length === 0;
    });
    const actions = await sql<{ type: string }>(
      'tasks',
      `SELECT type FROM outbox WHERE type = 'tasks.intervention.made.v1'`,
    );
    expect(actions).toHaveLength(1);
    expect(await logged('tasks', 'tasks-users', 1)).toMatchObject([
      { actor: adminId, address: '127.0.0.1', data: { step: 'consumer-resumed' } },
    ]);
  }, 60_000);
});

describe('while a service is away', () => {
  it('SYS-1: the others are shown, and it is missing', async () => {
    await tasks.stop();
    const shown = await until(async () => {
      const now = await health();
      return now.missing.includes('tasks') && now;
    });
    expect(shown.consumers.filter(({ service }) => service === 'tasks')).toEqual([]);
    expect(shown.services).toContainEqual({ name: 'auth', nodes: 1, silent: 0 });
    expect(await resume('tasks-users')).toMatchObject({ status: 503 });
    tasks = await startNode(config, ['tasks']);
    await until(async () => !(await health()).missing.includes('tasks'), { within: 20_000 });
  }, 60_000);
});
