/**
 * Lists as CSV through the gateway: content negotiation, and all pages, but only as fast as the
 * client reads.
 */
import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServiceSchema } from 'moleculer';
import { createTestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { serve } from '#mixins/identity/serve.ts';
import { platformOf } from '#mixins/platform.ts';
import { type ActionParams, defineAction } from '#schemas/action.ts';
import { list, nullable, object, string } from '#schemas/answers.ts';
import { Problem } from '#schemas/errors.ts';
import { page, whole } from '#schemas/params.ts';
import type { Config } from '../config.ts';
import { gatewayService } from '../services/gateway/gateway.service.ts';
import { startNode, type TestNode } from './harness/broker.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { until } from './harness/wait.ts';

const LIST = defineAction({
  action: 'nuts.list',
  route: 'GET /nuts',
  access: ['admin'],
  status: 200,
  summary: 'Lists nuts.',
  params: { $$strict: true, ...page },
  answer: list({ id: whole(0), shell: nullable(object({ colour: string() })), note: string() }),
  csv: ['id', 'shell.colour', 'note'],
});

const PLAIN = defineAction({
  action: 'nuts.plain',
  route: 'GET /nuts/plain',
  access: ['admin'],
  summary: 'Lists nuts, as JSON only.',
  params: page,
  answer: list({ id: whole(0) }),
});

const plan = { items: 0, failAt: Number.POSITIVE_INFINITY, width: 1, most: 200 };
const asked: ActionParams<typeof LIST>[] = [];

const nuts: ServiceSchema = {
  name: 'nuts',
  actions: {
    ready: { visibility: 'public', handler: () => ({ ready: true }) },
    plain: serve(PLAIN, (ctx) => {
      asked.push(ctx.params);
      return { items: [], nextCursor: null };
    }),
    list: serve(LIST, (ctx) => {
      asked.push(ctx.params);
      const { limit, cursor } = ctx.params;
      const from = Number(cursor ?? 0);
      if (from >= plan.failAt) throw new Problem('service_unavailable');
      const items = Array.from({ length: Math.min(limit, plan.most, plan.items - from) }, (_, n) => ({
        id: from + n,
        shell: n % 2 === 0 ? { colour: 'brown, dark' } : null,
        note: '='.repeat(plan.width),
      }));
      const next = from + items.length;
      return { items, nextCursor: next < plan.items ? String(next) : null };
    }),
  },
};

let config: Config;
let nodes: TestNode[];
let url: string;
let admin: string;
let developer: string;

beforeAll(async () => {
  config = testConfig({ logLevel: 'fatal' });
  // Apart, as every answer crosses nodes then.
  const gateway = gatewayService({ contracts: [LIST, PLAIN], services: ['nuts'] });
  nodes = [await startNode(config, [nuts]), await startNode(config, [gateway])];
  const broker = nodes[1]?.broker as TestNode['broker'];
  const { bus, identity } = platformOf(broker);
  const issuer = await createTestIssuer(config.namespace);
  await (await bus.bucket('identity')).put(...issuer.entry);
  admin = await issuer.token({ roles: ['admin'] });
  developer = await issuer.token({ roles: ['developer'] });
  for (const node of nodes) {
    const view = platformOf(node.broker).identity;
    await until(async () => (await view.verify(admin)).userId !== '', { what: 'the key to be known' });
  }
  expect((await identity.verify(admin)).roles).toEqual(['admin']);
  const service = broker.getLocalService('gateway') as unknown as { server: { address(): AddressInfo } };
  url = `http://127.0.0.1:${service.server.address().port}/api/v1/nuts`;
  await until(async () => (await ask('application/json')).status === 200, { what: 'the service to be seen' });
});
afterAll(async () => {
  for (const node of nodes.toReversed()) await node.stop();
  await dropNamespace(config);
});
beforeEach(() => {
  Object.assign(plan, { items: 3, failAt: Number.POSITIVE_INFINITY, width: 1, most: 200 });
  asked.length = 0;
});

function ask(accept: string, query = '', token = admin): Promise<Response> {
  return fetch(`${url}${query}`, { headers: { accept, authorization: `Bearer ${token}` } });
}

describe('a list that is also available as CSV', () => {
  it('is one page of JSON for a client that accepts anything', async () => {
    const answer = await ask('*/*', '?limit=2');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('vary')).toContain('Accept');
    expect(await answer.json()).toMatchObject({ items: [{ id: 0 }, { id: 1 }], nextCursor: '2' });
  });

  it('is CSV with a line of names and all items for a client that asks for it', async () => {
    plan.items = 401;
    const answer = await ask('text/csv');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="nuts-list.csv"');
    const lines = (await answer.text()).split('\r\n');
    expect(lines.slice(0, 3)).toEqual(['id,shell.colour,note', `0,"brown, dark",'=`, `1,,'=`]);
    expect(lines.at(-2)).toBe(`400,"brown, dark",'=`);
    expect(lines).toHaveLength(1 + 401 + 1);
    expect(asked).toEqual([{ limit: 200 }, { limit: 200, cursor: '200' }, { limit: 200, cursor: '400' }]);
  });

  it.each([
    ['?limit=2', ['0', '1'], [{ limit: 2 }]],
    ['?limit=2&cursor=2', ['2', '3'], [{ limit: 2, cursor: '2' }]],
    ['?limit=200', 200, [{ limit: 200 }]],
  ])('API-3: has as many items as a given limit: %s', async (query, ids, calls) => {
    plan.items = 401;
    const lines = (await (await ask('text/csv', query)).text()).split('\r\n').slice(1, -1);
    const found = lines.map((line) => line.split(',', 1)[0]);
    expect(typeof ids === 'number' ? found.length : found).toEqual(ids);
    expect(asked).toEqual(calls);
  });

  it('API-3: goes on to its limit where a page has fewer items than it may have', async () => {
    Object.assign(plan, { items: 401, most: 3 });
    const text = await (await ask('text/csv', '?limit=7')).text();
    expect(text.split('\r\n')).toHaveLength(1 + 7 + 1);
    expect(asked.map(({ limit }) => limit)).toEqual([7, 4, 1]);
  });

  it('is not fetched beyond its first page for a HEAD', async () => {
    plan.items = 401;
    const headers = { accept: 'text/csv', authorization: `Bearer ${admin}` };
    const answer = await fetch(url, { method: 'HEAD', headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="nuts-list.csv"');
    expect(await answer.text()).toBe('');
    expect(asked).toEqual([{ limit: 200 }]);
  });

  it('is only a line of names if it is empty', async () => {
    plan.items = 0;
    expect(await (await ask('text/csv')).text()).toBe('id,shell.colour,note\r\n');
  });

  it.each([0, 401])(
    'D9: begins with one byte order mark, also with several pages (%d items)',
    async (items) => {
      plan.items = items;
      const bytes = Buffer.from(await (await ask('text/csv')).arrayBuffer());
      expect(bytes.subarray(0, 5).toString('hex')).toBe('efbbbf6964');
      expect(bytes.indexOf('\uFEFF', 1, 'utf8')).toBe(-1);
    },
  );

  it.each(['text/html', 'application/xml', 'text/csv;q=0'])(
    'is 406 for a client that accepts only %s',
    async (accept) => {
      const answer = await ask(accept);
      expect(answer.status).toBe(406);
      expect(await answer.json()).toMatchObject({ code: 'not_acceptable' });
      expect(asked).toEqual([]);
    },
  );

  it('is refused like JSON: without a token, by role, for its form, and while its service is away', async () => {
    const codes: unknown[] = [];
    for (const [query, token] of [
      ['', 'nonsense'],
      ['', developer],
      ['?colour=red', admin],
    ] as const) {
      const answer = await ask('text/csv', query, token);
      codes.push([answer.status, ((await answer.json()) as { code: string }).code]);
    }
    plan.failAt = 0;
    const away = await ask('text/csv');
    codes.push([away.status, ((await away.json()) as { code: string }).code]);
    expect(codes).toEqual([
      [401, 'invalid_token'],
      [403, 'forbidden'],
      [422, 'validation_failed'],
      [503, 'service_unavailable'],
    ]);
  });

  it('is broken off if it cannot go on, so that a part does not look complete', async () => {
    Object.assign(plan, { items: 1_000, failAt: 400 });
    const answer = await ask('text/csv');
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });
});

describe('a list without columns', () => {
  const askPlain = (accept: string) =>
    fetch(`${url}/plain`, { headers: { accept, authorization: `Bearer ${admin}` } });

  it('API-3: refuses CSV, and changes nothing for clients that take JSON', async () => {
    const refused = await askPlain('text/csv');
    expect(refused.status).toBe(406);
    expect(await refused.json()).toMatchObject({ code: 'not_acceptable' });
    expect(asked).toEqual([]);
    for (const accept of ['*/*', 'application/json', 'text/csv, application/json;q=0.1', '']) {
      const answer = await askPlain(accept);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.headers.get('vary')).toContain('Accept');
    }
  });
});

describe('a client that does not read', () => {
  let request: ClientRequest;
  let answer: IncomingMessage;

  beforeEach(async () => {
    // 200 items of 2 kB a page, 4 GB in all: the buffers of the sockets hold some of the first.
    Object.assign(plan, { items: 2_000_000, width: 2_000 });
    request = get(url, { headers: { accept: 'text/csv', authorization: `Bearer ${admin}` } });
    [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.pause();
  });

  it('causes no reading ahead, and no work after it has left', async () => {
    let before = -1;
    await until(
      () => {
        const still = asked.length === before;
        before = asked.length;
        return still;
      },
      { every: 300, what: 'the pages to stop' },
    );
    expect(asked.length).toBeLessThan(20);
    answer.resume();
    await until(() => asked.length > before + 10, { what: 'the pages to go on' });
    request.destroy();
    await until(
      () => {
        const still = asked.length === before;
        before = asked.length;
        return still;
      },
      { every: 300, what: 'the pages to end' },
    );
  });
});
