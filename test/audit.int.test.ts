/** AUD-1 over HTTP: every event is in the log, and only admins read it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { streamName } from '#mixins/names.ts';
import { platformOf } from '#mixins/platform.ts';
import { serviceOf } from '#schemas/event.ts';
import { loadEventContracts } from '#schemas/load.ts';
import type { Config } from '../config.ts';
import type { AuditItem } from '../services/audit/record.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { Client, type Task, type User } from './e2e/client.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { until } from './harness/wait.ts';
import { type HttpNode, startHttpNode } from './http-node.fixture.ts';

let config: Config;
let node: HttpNode;
let admin: Client;
let pip: { user: User; client: Client };
let mia: { user: User; client: Client };
let adminId: string;
let shuffleId: string;

/** All events of the streams. */
async function published(): Promise<number> {
  const { bus } = platformOf(node.broker);
  const services = new Set((await loadEventContracts()).map(({ type }) => serviceOf(type)));
  const counts = await Promise.all(
    [...services].map(async (service) => {
      const info = await bus.manager.streams.info(streamName(config.namespace, service)).catch(() => null);
      return info?.state.messages ?? 0;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The records of a type (and a subject). Waits until there are `count` of them. */
function log(query: string, count: number): Promise<AuditItem[]> {
  return until(
    async () => {
      const items = await admin.all<AuditItem>(`/audit?${query}`);
      return items.length >= count && items;
    },
    { within: 20_000, what: `${count} of ${query}` },
  );
}

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK });
  node = await startHttpNode(config, ['gateway', 'auth', 'tasks', 'accounting', 'audit']);
  admin = node.admin;
  adminId = (await admin.expect<User>(200, 'GET', '/auth/me')).id;
  pip = await admin.register('pip', ['developer']);
  mia = await admin.register('mia', ['manager']);
  const task = await mia.client.createTask('[POPUG-1] Wash the "cage", all of it');
  await pip.client.expect<Task>(200, 'POST', `/tasks/${task.id}/complete`);
  await mia.client.createTask('=HYPERLINK("http://evil.example")');
  shuffleId = (await mia.client.expect<{ id: string }>(202, 'POST', '/tasks/shuffles')).id;
  await admin.expect(200, 'PATCH', `/users/${pip.user.id}`, { name: 'Pip the Elder', roles: ['boss'] });
  const wrong = await new Client(node.api).request('POST', '/auth/login', {
    login: 'pip',
    beak: 'no such beak',
  });
  expect(wrong.status).toBe(401);
  const nobody = await new Client(node.api).request('POST', '/auth/login', {
    login: 'nobody',
    beak: 'whatever it is',
  });
  expect(nobody.status).toBe(401);
}, 60_000);
afterAll(async () => {
  await node?.stop();
  await dropNamespace(config);
});

describe('the log', () => {
  it('AUD-1: has every event of every stream, once', async () => {
    await log('type=tasks.shuffle.completed.v1', 1);
    await until(
      async () => {
        const before = await published();
        const items = await admin.all<AuditItem>('/audit');
        // Signing in to look makes no event.
        if (items.length !== before || before !== (await published())) return false;
        return new Set(items.map(({ id }) => id)).size === before;
      },
      { within: 20_000, every: 200, what: 'as many lines as events' },
    );
  });

  it('AUD-1: has sign-ins, also refused ones, with login, address and reason', async () => {
    const opened = await log('type=auth.session.opened.v1', 3);
    expect(
      opened.map(({ actor, address, data }) => [actor, address, (data as { login: string }).login]),
    ).toEqual([
      [mia.user.id, '127.0.0.1', 'mia'],
      [pip.user.id, '127.0.0.1', 'pip'],
      [adminId, '127.0.0.1', 'admin'],
    ]);
    const refused = await log('type=auth.session.refused.v1', 2);
    expect(refused).toMatchObject([
      {
        actor: 'anonymous',
        address: '127.0.0.1',
        data: {
          login: expect.stringMatching(/^hmac-sha256:[0-9a-f]{32}$/),
          userId: null,
          reason: 'unknown_login',
        },
      },
      {
        actor: 'anonymous',
        address: '127.0.0.1',
        data: { login: 'pip', userId: pip.user.id, reason: 'wrong_beak' },
      },
    ]);
  });

  it('AUD-1, AUTH-3: has the changes of an admin, with the values before and after', async () => {
    const [changed, registered] = await log(`subject=user/${pip.user.id}`, 2);
    const account = { userId: pip.user.id, login: 'pip', email: 'pip@example.com', active: true };
    const first = { ...account, name: 'Name of pip', roles: ['developer'] };
    expect(registered).toMatchObject({
      type: 'auth.user.registered.v1',
      actor: adminId,
      address: '127.0.0.1',
      before: null,
      after: first,
    });
    expect(changed).toMatchObject({
      type: 'auth.user.changed.v1',
      actor: adminId,
      address: '127.0.0.1',
      before: first,
      after: { ...account, name: 'Pip the Elder', roles: ['boss'] },
    });
    expect(changed?.data).toEqual(changed?.after);
    expect(changed?.before).toEqual(registered?.data);
  });

  it('AUD-1, TASK-5: names the user who started a shuffle', async () => {
    const [requested] = await log('type=tasks.shuffle.requested.v1', 1);
    expect(requested).toMatchObject({
      subject: `shuffle/${shuffleId}`,
      actor: mia.user.id,
      address: '127.0.0.1',
      before: null,
      after: null,
      data: { requestedById: mia.user.id, tasksOpen: 1 },
    });
  });

  it('AUD-1: is filtered by request and service, and names its actor', async () => {
    const [newest] = await log(`actor=${mia.user.id}`, 1);
    const correlation = newest?.correlationId ?? '';
    const related = await admin.all<AuditItem>(`/audit?correlation=${correlation}`);
    expect(related).toContainEqual(newest);
    expect(new Set(related.map(({ correlationId }) => correlationId))).toEqual(new Set([correlation]));
    expect(newest?.actorName).toBe(mia.user.name);
    const [service = ''] = newest?.type.split('.') ?? [];
    const ofService = await admin.expect<{ items: AuditItem[] }>(200, 'GET', `/audit?service=${service}`);
    expect(ofService.items.map(({ type }) => type.split('.')[0])).toEqual(ofService.items.map(() => service));
    expect(ofService.items.map(({ id }) => id)).toContain(newest?.id);
  });

  it('AUD-1: is filtered by actor and time', async () => {
    const mine = await log(`actor=${mia.user.id}`, 4);
    expect(new Set(mine.map(({ actor }) => actor))).toEqual(new Set([mia.user.id]));
    const [newest] = mine;
    const oldest = mine.at(-1);
    if (newest === undefined || oldest === undefined) throw new Error('nothing by Mia');
    // Half-open: the newest is at the end of the range, and not in it.
    const range = `from=${encodeURIComponent(oldest.at)}&to=${encodeURIComponent(newest.at)}`;
    const within = await admin.all<AuditItem>(`/audit?actor=${mia.user.id}&${range}`);
    expect(within.map(({ id }) => id)).toContain(oldest.id);
    expect(within.every(({ at }) => at < newest.at)).toBe(true);
  });
});

describe('the log as CSV', () => {
  it('AUD-1: has all lines', async () => {
    const items = await admin.all<AuditItem>('/audit?type=auth.user.registered.v1');
    const answer = await csv('/audit?type=auth.user.registered.v1');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const lines = (await answer.text()).split('\r\n');
    expect(lines[0]).toBe(
      'id,type,subject,actor,address,at,before,after,data,correlationId,causationId,actorName',
    );
    expect(lines).toHaveLength(1 + items.length + 1);
    const [first] = items;
    const json = JSON.stringify(first?.data).replaceAll('"', '""');
    expect(lines[1]).toBe(
      `${first?.id},${first?.type},${first?.subject},${first?.actor},${first?.address},${first?.at},,"${json}","${json}",${first?.correlationId},${first?.causationId ?? ''},${first?.actorName ?? ''}`,
    );
  });

  it('is refused like the list', async () => {
    expect((await csv('/audit?from=nonsense')).status).toBe(422);
    expect((await csv('/audit', 'application/xml')).status).toBe(406);
  });

  async function csv(path: string, accept = 'text/csv'): Promise<Response> {
    const { accessToken } = await new Client(node.api).expect<{ accessToken: string }>(
      200,
      'POST',
      '/auth/login',
      {
        login: 'admin',
        beak: ADMIN_BEAK,
      },
    );
    return fetch(`${node.api}${path}`, { headers: { accept, authorization: `Bearer ${accessToken}` } });
  }
});

describe('a request for the log', () => {
  it('AUD-1: is refused to all but admins', async () => {
    const answers = await Promise.all(
      [new Client(node.api), mia.client].map((client) => client.request<{ code: string }>('GET', '/audit')),
    );
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [401, 'unauthenticated'],
      [403, 'forbidden'],
    ]);
  });

  it.each([
    ['limit=0', 422, 'limit'],
    ['limit=201', 422, 'limit'],
    ['from=yesterday', 422, 'from'],
    ['from=2026-02-30', 422, 'from'],
    ['from=2026-02-02&to=2026-02-01', 422, 'to'],
    ['colour=red', 422, 'colour'],
    ['type=a&type=b', 422, 'type'],
    ['subject=%00', 422, 'subject'],
    ['cursor=nonsense', 400, undefined],
  ])('is refused if it is invalid: %s', async (query, status, field) => {
    const answer = await admin.request<{ errors?: { field: string }[] }>('GET', `/audit?${query}`);
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([status, field]);
  });
});
