/** Access of other applications, over HTTP (AUTH-10). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { platformOf } from '#mixins/platform.ts';
import type { ActionAnswer, ActionItem } from '#schemas/action.ts';
import type createAction from '#schemas/actions/auth/create-service-account.ts';
import type listAction from '#schemas/actions/auth/service-accounts.ts';
import type { Config } from '../../../config.ts';
import { Client, type Page } from '../../../test/e2e/client.ts';
import { startNode, type TestNode } from '../../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../../test/harness/config.ts';
import { until } from '../../../test/harness/wait.ts';
import { type HttpNode, startHttpNode } from '../../../test/http-node.fixture.ts';
import type { AuditItem } from '../../audit/record.ts';
import type { ServiceUses } from '../../gateway/requests/service-uses.client.ts';
import { type Look, lookInto } from '../auth.fixture.ts';
import { ADMIN_BEAK } from '../variables.fixture.ts';

type Created = ActionAnswer<typeof createAction>;
type Account = ActionItem<typeof listAction>;

const IN_A_YEAR = new Date(Date.now() + 365 * 24 * 60 * 60_000).toISOString();

let config: Config;
let node: HttpNode;
/** Another node, without the service that owns the accounts. */
let other: TestNode;
let look: Look;

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK });
  node = await startHttpNode(config, ['gateway', 'auth', 'tasks', 'accounting', 'audit']);
  other = await startNode(config, []);
  look = await lookInto(config);
}, 60_000);

afterAll(async () => {
  await look?.end();
  await other?.stop();
  await node?.stop();
  await dropNamespace(config);
});

const body = (fields: object = {}) => ({
  name: 'Warehouse',
  scopes: ['accountant'],
  expiresAt: IN_A_YEAR,
  ...fields,
});
const create = (fields: object = {}) =>
  node.admin.expect<Created>(201, 'POST', '/service-accounts', body(fields));
const as = (token: string | null) => new Client(node.api, token);
const accountOf = async (id: string) => {
  const accounts = await node.admin.all<Account>('/service-accounts');
  return accounts.find((account) => account.id === id);
};
/** The state that a refused request must not change. */
const state = () =>
  look.rows(`SELECT (SELECT json_agg(s ORDER BY id) FROM service_account s) AS accounts,
    (SELECT json_agg(json_build_array(key, value) ORDER BY key) FROM identity_entry) AS entries,
    (SELECT count(*) FROM outbox) AS events`);
const codeOf = async (client: Client, method: string, path: string, sent?: object) => {
  const { status, body: answer } = await client.request<{ code?: string } | null>(method, path, sent);
  return `${status} ${answer?.code ?? ''}`.trim();
};

describe('a service account', () => {
  it('AUTH-10: calls with its roles, on every node; the token is shown once, and only its hash is stored', async () => {
    const { id, token } = await create();
    expect(await codeOf(as(token), 'GET', '/accounting/accounts')).toBe('200');
    expect(await codeOf(as(token), 'GET', '/audit')).toBe('403 forbidden');
    expect(await codeOf(as(token), 'GET', '/service-accounts')).toBe('403 forbidden');
    const { identity } = platformOf(other.broker);
    const actor = await until(() => identity.verify(token ?? ''), { what: 'the other node to accept it' });
    expect(actor).toMatchObject({ userId: id, name: 'Warehouse', roles: ['accountant'], isService: true });
    const secret = (token ?? '').split('.')[1] ?? '';
    expect(secret).toHaveLength(43);
    expect(JSON.stringify([await state(), await look.rows('SELECT * FROM idempotency_key')])).not.toContain(
      secret,
    );
    expect(JSON.stringify(await node.admin.all('/service-accounts'))).not.toContain(secret);
  });

  it('AUTH-10: is no person: it has no account, no sessions and no tasks of its own', async () => {
    const { id, token } = await create({ scopes: ['developer', 'accountant'] });
    expect(await codeOf(as(token), 'GET', '/auth/me')).toBe('403 forbidden');
    expect(await codeOf(as(token), 'GET', '/accounting/accounts/me')).toBe('404 not_found');
    expect(await codeOf(as(token), 'POST', '/tasks', { title: 'Sweep' })).toBe('409 nobody_assignable');
    const { user } = await node.admin.register(`popug-${randomUUID().slice(0, 8)}`, ['developer']);
    const task = await as(token).createTask('Sweep');
    expect(task).toMatchObject({ assignee: { id: user.id }, createdBy: { id, name: 'Warehouse' } });
    expect(await codeOf(as(token), 'POST', `/tasks/${task.id}/complete`)).toBe('403 not_your_task');
  });

  it('AUTH-10: is refused within 5 seconds after its revocation, on every node and for good', async () => {
    const { id, token } = await create();
    const { identity } = platformOf(other.broker);
    await until(() => identity.verify(token ?? ''));
    await node.admin.expect(204, 'DELETE', `/service-accounts/${id}`);
    expect(await codeOf(as(token), 'GET', '/accounting/accounts')).toBe('401 invalid_token');
    const refused = () =>
      identity.verify(token ?? '').then(
        () => false,
        ({ type }) => type === 'invalid_token',
      );
    await until(refused, { what: 'the other node to refuse it' });
    const before = await state();
    await node.admin.expect(204, 'DELETE', `/service-accounts/${id}`);
    expect(await state()).toEqual(before);
  });

  it('AUTH-10: shows who created and revoked it, and when it was last used', async () => {
    const { id, token } = await create({ name: 'Shop' });
    expect(await accountOf(id)).toMatchObject({
      name: 'Shop',
      scopes: ['accountant'],
      expiresAt: IN_A_YEAR,
      createdBy: { name: expect.any(String) },
      lastUsedAt: null,
      revokedAt: null,
      revokedBy: null,
    });
    const sentAt = Date.now();
    expect(await codeOf(as(token), 'GET', '/tasks')).toBe('200');
    const { serviceUses } = node.broker.getLocalService('gateway') as unknown as { serviceUses: ServiceUses };
    await serviceUses.runOnce();
    const { lastUsedAt } = (await accountOf(id)) ?? {};
    expect(Date.parse(lastUsedAt ?? '')).toBeGreaterThanOrEqual(sentAt);
    await node.admin.expect(204, 'DELETE', `/service-accounts/${id}`);
    expect(await accountOf(id)).toMatchObject({ lastUsedAt, revokedAt: expect.any(String) });
    expect((await accountOf(id))?.revokedBy).toEqual((await accountOf(id))?.createdBy);
  });

  it('AUTH-10: its creation and its revocation are in the log, with the states before and after', async () => {
    const { id } = await create();
    await node.admin.expect(204, 'DELETE', `/service-accounts/${id}`);
    const path = `/audit?subject=${encodeURIComponent(`service-account/${id}`)}`;
    const items = await until(async () => {
      const { items: found } = await node.admin.expect<Page<AuditItem>>(200, 'GET', path);
      return found.length === 2 && found;
    });
    const fields = { serviceAccountId: id, name: 'Warehouse', scopes: ['accountant'] };
    expect(items[0]).toMatchObject({
      type: 'auth.service-account.revoked.v1',
      before: { ...fields, revoked: false },
      after: { ...fields, revoked: true },
    });
    expect(items[1]).toMatchObject({ type: 'auth.service-account.created.v1', before: null, after: fields });
    expect(items.map(({ actor }) => actor)).toEqual(items.map(() => items[0]?.actor));
    expect(JSON.stringify(items)).not.toMatch(/secret|token/i);
  });
});

describe('a request for a service account', () => {
  it.each([
    ['of an admin', { scopes: ['manager', 'admin'] }],
    ['without scopes', { scopes: [] }],
    ['whose scopes are no roles', { scopes: ['All of them'] }],
    ['that has expired', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['for ever', { expiresAt: '2999-01-01T00:00:00Z' }],
    ['until a day that there is not', { expiresAt: '2027-02-30T00:00:00Z' }],
    ['until no time', { expiresAt: 'soon' }],
    ['without a name', { name: ' ' }],
    ['with an unknown field', { login: 'pip' }],
  ])('%s is refused, and changes nothing', async (_, fields) => {
    const before = await state();
    expect(await codeOf(node.admin, 'POST', '/service-accounts', body(fields))).toBe('422 validation_failed');
    expect(await state()).toEqual(before);
  });

  it('by others than admins is refused, and changes nothing', async () => {
    const { client } = await node.admin.register(`mia-${randomUUID().slice(0, 8)}`, [
      'manager',
      'accountant',
    ]);
    const { id, token } = await create();
    const before = await state();
    for (const caller of [client, as(token)]) {
      expect(await codeOf(caller, 'POST', '/service-accounts', body())).toBe('403 forbidden');
      expect(await codeOf(caller, 'DELETE', `/service-accounts/${id}`)).toBe('403 forbidden');
    }
    expect(await codeOf(as(null), 'POST', '/service-accounts', body())).toBe('401 unauthenticated');
    expect(await codeOf(node.admin, 'DELETE', `/service-accounts/${randomUUID()}`)).toBe('404 not_found');
    expect(await state()).toEqual(before);
  });

  it('AUTH-10: creates one account under one idempotency key; a repetition does not show the token', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const send = () => node.admin.request<Created>('POST', '/service-accounts', body(), headers);
    const first = await send();
    expect(first).toMatchObject({ status: 201, body: { token: expect.stringMatching(/^sat_/) } });
    const before = await state();
    expect(await send()).toMatchObject({ status: 201, body: { id: first.body.id, token: null } });
    expect(await state()).toEqual(before);
  });
});
