/**
 * The real contracts without any service behind the gateway: every route still exists and is
 * protected.
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calendarOf, dayOf, endOf } from '#mixins/calendar.ts';
import { createTestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { platformOf } from '#mixins/platform.ts';
import { AnswerCheck } from '#schemas/answer-check.ts';
import { loadActionContracts } from '#schemas/load.ts';
import { VERSION } from '../product.ts';
import { OWN_ROUTES } from '../services/gateway/requests/own-routes.ts';
import { startNode, type TestNode } from './harness/broker.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { until } from './harness/wait.ts';

const contracts = await loadActionContracts();
const config = testConfig({ logLevel: 'fatal' });
let node: TestNode;
let root: string;
let tokenOf: (role: string) => Promise<string>;

beforeAll(async () => {
  node = await startNode(config, ['gateway']);
  const { bus, identity } = platformOf(node.broker);
  const issuer = await createTestIssuer(config.namespace);
  await (await bus.bucket('identity')).put(...issuer.entry);
  tokenOf = (role) => issuer.token({ roles: [role] });
  const token = await tokenOf('anybody');
  await until(async () => (await identity.verify(token)).userId !== '');
  const gateway = node.broker.getLocalService('gateway') as unknown as { server: { address(): AddressInfo } };
  root = `http://127.0.0.1:${gateway.server.address().port}`;
});

afterAll(async () => {
  await node.stop();
  await dropNamespace(config);
});

function send(route: string, token?: string): Promise<Response> {
  const [method = '', path = ''] = route.split(' ');
  const base = path.startsWith('//') ? path.slice(1) : `/api/v1${path}`;
  return fetch(root + base.replaceAll(/:[^/]+/g, () => randomUUID()), {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
}

async function call(route: string, token?: string) {
  const response = await send(route, token);
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const { code } = (isJson ? await response.json() : {}) as { code?: string };
  // A stream of events has no end.
  if (!isJson) await response.body?.cancel();
  return { status: response.status, code };
}

/**
 * Without services a well-formed request is 503. A request without its fields, or for a path that
 * nothing can have, is refused before.
 */
const AWAY = [503, 422, 404];
/** The gateway itself answers some. */
const outcomesOf = (action: string) => (action.startsWith('gateway.') ? [...AWAY, 200] : AWAY);

describe.each(contracts.map((contract) => [contract.route, contract] as const))(
  '%s',
  (route, { access, action }) => {
    const outcomes = outcomesOf(action);
    it('exists, and first refuses callers who may not use it', async () => {
      if (access === 'anyone') {
        expect(outcomes).toContain((await call(route)).status);
        return;
      }
      expect(await call(route)).toEqual({ status: 401, code: 'unauthenticated' });
      expect(await call(route, 'garbage')).toEqual({ status: 401, code: 'invalid_token' });
      const anybody = await call(route, await tokenOf('anybody'));
      if (typeof access === 'string') expect(outcomes).toContain(anybody.status);
      else {
        expect(anybody).toEqual({ status: 403, code: 'forbidden' });
        for (const role of access)
          expect(outcomes).toContain((await call(route, await tokenOf(role))).status);
      }
    });
  },
);

it.each(contracts.filter(({ route }) => route.startsWith('GET ')))(
  'HEAD is answered like $route',
  async ({ route, access }) => {
    const token =
      access === 'anyone' ? undefined : await tokenOf(typeof access === 'string' ? 'any' : (access[0] ?? ''));
    const { status } = await call(route, token);
    expect((await send(route.replace('GET', 'HEAD'), token)).status).toBe(status);
  },
);

describe('/meta', () => {
  it('API-4: is for anyone, and answered by the calendar while no service is there', async () => {
    const response = await fetch(`${root}/api/v1/meta`);
    const meta = (await response.json()) as Readonly<Record<string, string>>;
    expect(meta).toEqual({
      product: 'ates',
      version: VERSION,
      currency: 'USD',
      minorUnits: 2,
      timeZone: 'UTC',
      dayCloseAt: '00:00',
      locales: ['en', 'ru'],
      businessDay: expect.any(String),
      dayEndsAt: expect.any(String),
    });
    expect(dayOf(new Date(), calendarOf(config)) >= (meta.businessDay ?? '')).toBe(true);
    expect(meta.dayEndsAt).toBe(endOf(meta.businessDay ?? '', calendarOf(config)).toISOString());
    expect(() => new AnswerCheck(OWN_ROUTES.meta).checkResult(meta)).not.toThrow();
  });
});

describe('/openapi.json', () => {
  it('is for anyone, and describes exactly the routes of the gateway; HEAD goes with GET', async () => {
    const response = await fetch(`${root}/openapi.json`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    const { paths } = (await response.json()) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).flatMap((name) => {
        const method = name.toUpperCase();
        return (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((each) => `${each} ${path}`);
      }),
    );
    const gateway = node.broker.getLocalService('gateway') as unknown as {
      aliases: readonly { readonly method: string; readonly fullPath: string }[];
    };
    const served = gateway.aliases.map(({ method, fullPath }) => {
      return `${method} /${fullPath.replace(/^\//, '').replaceAll(/:([^/]+)/g, '{$1}')}`;
    });
    expect(described.length).toBeGreaterThan(contracts.length);
    expect(described.sort()).toEqual(served.sort());
  });
});

describe('/asyncapi.json', () => {
  it('API-6: is for anyone, and describes the events of the product in the streams of the system', async () => {
    const answer = (await (await fetch(`${root}/asyncapi.json`)).json()) as {
      channels: Record<string, object>;
    };
    expect(() => new AnswerCheck(OWN_ROUTES.asyncApi).checkResult(answer)).not.toThrow();
    expect(answer.channels['tasks.task.created.v1']).toMatchObject({
      address: `${config.namespace}.tasks.task.created.v1`,
      'x-stream': `${config.namespace}_TASKS`,
    });
  });
});

it('refuses a HEAD for a path without a GET', async () => {
  const answer = await send('HEAD /auth/login');
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

it('refuses the contract of an action that is declared internal', () => {
  expect(contracts.filter(({ action }) => action.endsWith('.ready'))).toEqual([]);
});
