/** Analytics behind the gateway, with events from streams alone: no other service runs here. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { createTestIssuer, type TestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { platformOf } from '#mixins/platform.ts';
import type { Config } from '../../config.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import { publish } from './analytics.fixture.ts';
import type { TodayAnswer } from './figures/read-figures.query.ts';
import { employee, Ledger, names, taskId } from './rebuild/ledger.fixture.ts';

const TODAY = new Date().toISOString().slice(0, 10);

let config: Config;
let gateway: TestNode;
let analytics: TestNode;
let bus: Bus;
let issuer: TestIssuer;
let api: string;
let admin: string;
const ledger = new Ledger();

beforeAll(async () => {
  config = testConfig({ logLevel: 'fatal' });
  gateway = await startNode(config, ['gateway']);
  analytics = await startNode(config, ['analytics']);
  const platform = platformOf(gateway.broker);
  bus = platform.bus;
  issuer = await createTestIssuer(config.namespace);
  await (await bus.bucket('identity')).put(...issuer.entry);
  admin = await issuer.token({ roles: ['admin'] });
  for (const node of [gateway, analytics]) {
    const { identity } = platformOf(node.broker);
    await until(async () => (await identity.verify(admin)).userId !== '');
  }
  const { server } = gateway.broker.getLocalService('gateway') as unknown as {
    server: { address(): AddressInfo };
  };
  api = `http://127.0.0.1:${server.address().port}/api/v1/analytics`;
  await gateway.broker.waitForServices('analytics', 10_000);
});

afterAll(async () => {
  await analytics?.stop();
  await gateway?.stop();
  await dropNamespace(config);
});

async function read<Body>(path: string, token = admin): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Body };
}

const today = async () => (await read<TodayAnswer>('/today')).body;

/** Publishes the new events of the ledger. */
const tell = () => publish(bus, ledger.events.splice(0));

describe('the routes of analytics', () => {
  const paths = ['/today', '/top-task', '/top-tasks', '/days', `/days/${TODAY}/operations`, '/live'];

  it.each(paths)('ANA-1: %s is for admins only', async (path) => {
    for (const role of ['manager', 'accountant', 'developer']) {
      expect(await read(path, await issuer.token({ roles: [role] }))).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    }
    expect((await fetch(`${api}${path}`)).status).toBe(401);
  });

  it('refuse unknown params and invalid days', async () => {
    const invalid = (path: string) => read<{ code: string; errors: { field: string }[] }>(path);
    expect(await invalid('/top-task?from=2026-02-30')).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ field: 'from' }] },
    });
    expect(await invalid('/days?from=2026-03-02&to=2026-03-01')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'to' }] },
    });
    expect(await invalid('/days/today/operations')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    expect(await invalid('/days?limit=0')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'limit' }] },
    });
    expect(await invalid('/today?day=x')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'day' }] },
    });
    expect(await invalid('/days?cursor=x')).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });
});

describe('figures', () => {
  it('ANA-4: follow the events as they happen', async () => {
    await publish(bus, [...names(1, 'Pip'), ...names(2, 'Mia')]);
    ledger.billed(1, 1, TODAY).billed(2, 2, TODAY).paid(1, 1, TODAY).announce();
    await tell();
    const figures = await until(async () => {
      const now = await today();
      return now.companyResult === 1_050 + 1_100 - 2_500 && now.belowZero.count === 1 && now;
    });
    expect(figures).toEqual({
      businessDay: TODAY,
      companyResult: -350,
      currency: 'USD',
      belowZero: { count: 1, items: [{ userId: employee(2), name: 'Mia', balance: -1_100 }] },
    });
    expect((await read('/top-task')).body).toMatchObject({
      to: TODAY,
      task: { id: taskId(1), reward: 2_500, businessDay: TODAY },
    });
    expect((await read<{ items: object[] }>('/days')).body.items[0]).toMatchObject({
      businessDay: TODAY,
      companyResult: -350,
      belowZero: 1,
      averageFee: 1_075,
      averageReward: 2_500,
    });
    const csv = async (path: string) =>
      (
        await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${admin}`, accept: 'text/csv' } })
      ).text();
    const months = (await csv('/top-tasks?by=month&limit=1')).trim().split('\r\n');
    expect(months).toHaveLength(2);
    expect(months[1]).toContain(`${taskId(1)},Wash cage 1,,2500,${TODAY},USD`);
    const lines = (await csv(`/days/${TODAY}/operations?kind=fee`)).trim().split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines.slice(1).every((line) => line.includes(',fee,') && line.endsWith(',USD'))).toBe(true);
    const operations = await read<{ items: object[] }>(`/days/${TODAY}/operations?userId=${employee(1)}`);
    expect(operations.body.items).toMatchObject([
      { kind: 'reward', amount: 2_500, employee: { id: employee(1), name: 'Pip' } },
      { kind: 'fee', amount: -1_050 },
    ]);
  });

  it('ANA-4: are sent to a page that subscribed, as the body of /analytics/today', async () => {
    const request = get(`${api}/live`, { headers: { authorization: `Bearer ${admin}` } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const told = () =>
      [...text.matchAll(/^event: today\nid: .+\ndata: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
    await until(() => told().length === 1);
    expect(told()[0]).toEqual(await today());
    ledger.paid(2, 2, TODAY).announce();
    await tell();
    await until(() => told().at(-1)?.belowZero.count === 0 && told().at(-1)?.companyResult === -3_350);
    expect(told().at(-1)).toEqual(await today());
    response.destroy();
  });

  it('ANA-5: can be read while accounting is down, and catch up by themselves after analytics was down', async () => {
    // Only the gateway and analytics run here.
    expect(await read('/today')).toMatchObject({ status: 200, body: { companyResult: -3_350 } });
    await analytics.stop();
    expect(await read('/today')).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
    ledger.billed(3, 1, TODAY).announce();
    await tell();
    analytics = await startNode(config, ['analytics']);
    await until(async () => (await today()).companyResult === -3_350 + 1_150);
  });
});
