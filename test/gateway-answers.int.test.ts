/**
 * Answers that differ from their contracts: with `CHECK_ANSWERS`, which all tests have, clients get
 * a 500, and the log names the fields.
 */
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Service, ServiceSchema } from 'moleculer';
import type { RequestContext } from '#mixins/identity/identity.ts';
import { defineAction } from '#schemas/action.ts';
import { list, string } from '#schemas/answers.ts';
import { Problem } from '#schemas/errors.ts';
import { page } from '#schemas/params.ts';
import type { Config } from '../config.ts';
import { gatewayService } from '../services/gateway/gateway.service.ts';
import { startNode, type TestNode } from './harness/broker.ts';
import { dropNamespace, testConfig } from './harness/config.ts';

const base = { access: 'anyone', summary: 'A toy.' } as const;
const TOYS = {
  get: defineAction({ ...base, action: 'toys.get', route: 'GET /toy', answer: { name: string() } }),
  open: defineAction({ ...base, action: 'toys.open', route: 'POST /toy', answer: null, status: 204 }),
  list: defineAction({
    ...base,
    action: 'toys.list',
    route: 'GET /toys',
    params: page,
    answer: list({ name: string() }),
    csv: ['name'],
  }),
  live: defineAction({
    ...base,
    action: 'toys.live',
    route: 'GET /live',
    answer: { name: string() },
    event: 'toy',
  }),
} as const;

/** What every action does next. */
let next: (ctx: RequestContext) => unknown;
const handler = (ctx: RequestContext) => next(ctx);
const toys: ServiceSchema = {
  name: 'toys',
  actions: Object.fromEntries(
    Object.entries(TOYS).map(([name, { access, params }]) => [name, { access, params, handler }]),
  ),
};

interface Gateway {
  readonly node: TestNode;
  readonly errors: () => string;
  call(route: string, accept?: string): Promise<{ status: number; text: string }>;
}

async function start(config: Config): Promise<Gateway> {
  const gateway = gatewayService({ contracts: Object.values(TOYS), services: [] });
  const node = await startNode(config, [toys, gateway]);
  const service = node.broker.getLocalService('gateway') as Service & { server: { address(): AddressInfo } };
  const error = jest.spyOn(service.logger, 'error').mockImplementation(() => {});
  const root = `http://127.0.0.1:${service.server.address().port}/api/v1`;
  return {
    node,
    errors: () => error.mock.calls.splice(0).flat().join('\n'),
    async call(route, accept = 'application/json') {
      const [method = '', path = ''] = route.split(' ');
      const answer = await fetch(`${root}${path}`, { method, headers: { accept } });
      return { status: answer.status, text: await answer.text() };
    },
  };
}

let config: Config;
let gateway: Gateway;
beforeAll(async () => {
  config = testConfig({ logLevel: 'fatal' });
  gateway = await start(config);
});
afterAll(async () => {
  await gateway?.node.stop();
  await dropNamespace(config);
});

const FAILED = { status: 500, text: expect.stringContaining('"code":"internal_error"') };
const bad = { name: 'robot', owner: 's3cret' };

describe('an answer that its contract does not declare', () => {
  beforeEach(() => {
    next = () => bad;
  });

  it.each([
    ['GET /toy', 'toys.get answers with owner (unknown field)'],
    ['GET /live', 'toys.live answers with owner (unknown field)'],
    ['GET /toys', 'toys.list answers with items (required), nextCursor (required)'],
    ['POST /toy', 'toys.open answers with a body'],
  ])('is a 500, and the log names the route and the field: %s', async (route, fault) => {
    expect(await gateway.call(route)).toEqual(FAILED);
    const log = gateway.errors();
    expect(log).toContain(route.replace(' ', ' /api/v1'));
    expect(log).toContain(fault);
    expect(log).not.toContain('s3cret');
  });

  it('is found in CSV too, also in columns that it leaves out', async () => {
    next = () => ({ items: [bad], nextCursor: null });
    expect(await gateway.call('GET /toys', 'text/csv')).toEqual(FAILED);
    expect(gateway.errors()).toContain('toys.list answers with items[0].owner (unknown field)');
  });

  it('may be its status', async () => {
    next = (ctx) => {
      ctx.meta.$statusCode = 202;
      return { name: 'robot' };
    };
    expect(await gateway.call('GET /toy')).toEqual(FAILED);
    expect(gateway.errors()).toContain('toys.get answers with the status 202');
  });

  it('may be a problem', async () => {
    next = () => {
      throw new Problem('conflict');
    };
    expect(await gateway.call('GET /toy')).toEqual(FAILED);
    expect(gateway.errors()).toContain('toys.get answers with the problem conflict');
  });

  it('is answered without CHECK_ANSWERS', async () => {
    const other = testConfig({ logLevel: 'fatal', checkAnswers: false });
    const unchecked = await start(other);
    try {
      expect(await unchecked.call('GET /toy')).toEqual({ status: 200, text: JSON.stringify(bad) });
      expect(unchecked.errors()).toBe('');
    } finally {
      await unchecked.node.stop();
      await dropNamespace(other);
    }
  });
});

describe('an answer as its contract declares it', () => {
  it('reaches the client', async () => {
    next = () => ({ name: 'robot' });
    expect(await gateway.call('GET /toy')).toEqual({ status: 200, text: '{"name":"robot"}' });
    next = () => null;
    expect(await gateway.call('POST /toy')).toEqual({ status: 204, text: '' });
    next = () => ({ items: [{ name: 'robot' }], nextCursor: null });
    expect((await gateway.call('GET /toys', 'text/csv')).text).toBe('name\r\nrobot\r\n');
    expect(gateway.errors()).toBe('');
  });

  it('may be a general problem', async () => {
    next = () => {
      throw new Problem('service_unavailable');
    };
    expect((await gateway.call('GET /toy')).status).toBe(503);
    expect(gateway.errors()).toBe('');
  });
});
