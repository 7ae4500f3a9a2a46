/** Text searches and CSV answers through the gateway: each user may have a few at a time. */
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceSchema } from 'moleculer';
import { createTestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { platformOf } from '#mixins/platform.ts';
import { defineAction } from '#schemas/action.ts';
import { list } from '#schemas/answers.ts';
import { line, optional, page, whole } from '#schemas/params.ts';
import type { Config } from '../config.ts';
import { gatewayService } from '../services/gateway/gateway.service.ts';
import { startNode, type TestNode } from './harness/broker.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { until } from './harness/wait.ts';

/** The limit for one user. */
const AT_ONCE = 4;

const LIST = defineAction({
  action: 'books.list',
  route: 'GET /books',
  access: 'signed-in',
  status: 200,
  summary: 'Lists books.',
  params: { $$strict: true, ...page, text: optional(line(1, 20)) },
  answer: list({ id: whole(1) }),
  csv: ['id'],
});

/** The running readers, and the functions that let them end. */
let running: (() => void)[] = [];
let served = 0;
const endOne = () => running.shift()?.();
const endAll = () => {
  for (const end of running.splice(0)) end();
};

const books: ServiceSchema = {
  name: 'books',
  actions: {
    ready: { visibility: 'public', handler: () => ({ ready: true }) },
    list: {
      ...LIST,
      async handler() {
        await new Promise<void>((resolve) => running.push(resolve));
        served += 1;
        return { items: [{ id: served }], nextCursor: null };
      },
    },
  },
};

let config: Config;
let node: TestNode;
let url: string;
let pip: string;
let mia: string;

beforeAll(async () => {
  config = testConfig({ logLevel: 'fatal' });
  node = await startNode(config, [books, gatewayService({ contracts: [LIST], services: ['books'] })]);
  const { bus, identity } = platformOf(node.broker);
  const issuer = await createTestIssuer(config.namespace);
  await (await bus.bucket('identity')).put(...issuer.entry);
  [pip, mia] = [await issuer.token(), await issuer.token()];
  await until(async () => (await identity.verify(mia)).userId !== '');
  const gateway = node.broker.getLocalService('gateway') as unknown as { server: { address(): AddressInfo } };
  url = `http://127.0.0.1:${gateway.server.address().port}/api/v1/books`;
});
afterEach(async () => {
  await until(() => {
    endAll();
    return true;
  });
  running = [];
});
afterAll(async () => {
  await node.stop();
  await dropNamespace(config);
});

const read = (query: string, token = pip, accept = 'application/json') =>
  fetch(`${url}${query}`, { headers: { authorization: `Bearer ${token}`, accept } });
const search = (token = pip) => read('?text=nuts', token);
const csv = (token = pip) => read('', token, 'text/csv');
const runningNow = (count: number) => until(() => running.length === count, { what: `${count} reads` });
const statuses = async (answers: readonly Promise<Response>[]) =>
  (await Promise.all(answers)).map(({ status }) => status);

describe('a user with the maximum of searches and CSV answers', () => {
  it('E13: waits with the next one until one of them ends; other users and other requests do not wait', async () => {
    const first = [search(), csv(), search(), csv()];
    await runningNow(AT_ONCE);
    const further = [search(), csv()];
    const others = [search(mia), csv(mia), read('')];
    await runningNow(AT_ONCE + others.length);
    endOne();
    await runningNow(AT_ONCE + others.length);
    const all = statuses([...first, ...further, ...others]);
    await until(() => {
      endAll();
      return served >= first.length + further.length + others.length;
    });
    expect(await all).toEqual(Array(9).fill(200));
  });

  it('E13: is refused with Retry-After if none ends in time', async () => {
    const first = Array.from({ length: AT_ONCE }, () => search());
    await runningNow(AT_ONCE);
    const refused = await Promise.all(Array.from({ length: 10 }, () => search()));
    for (const answer of refused) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
      expect(await answer.json()).toMatchObject({ code: 'too_many_requests' });
    }
    expect(running).toHaveLength(AT_ONCE);
    endAll();
    expect(await statuses(first)).toEqual(Array(AT_ONCE).fill(200));
  });

  it('E13: frees the place of a client that left, while waiting or while reading', async () => {
    const headers = { authorization: `Bearer ${pip}`, accept: 'text/csv' };
    const leaving = Array.from({ length: AT_ONCE }, () => get(url, { headers }).on('error', () => {}));
    await runningNow(AT_ONCE);
    const waiting = get(`${url}?text=nuts`, { headers }).on('error', () => {});
    for (const request of [...leaving, waiting]) request.destroy();
    endAll();
    const next = Array.from({ length: AT_ONCE }, () => search());
    await runningNow(AT_ONCE);
    endAll();
    expect(await statuses(next)).toEqual(Array(AT_ONCE).fill(200));
  });
});

describe('a slow reader of CSV', () => {
  it('E13: frees its place when it leaves', async () => {
    const readers: IncomingMessage[] = [];
    for (let n = 0; n < AT_ONCE; n++) {
      get(url, { headers: { authorization: `Bearer ${pip}`, accept: 'text/csv' } }, (res) => {
        readers.push(res);
        res.pause().on('error', () => {});
      }).on('error', () => {});
    }
    await runningNow(AT_ONCE);
    endAll();
    await until(() => readers.length === AT_ONCE);
    for (const reader of readers) reader.destroy();
    const next = search();
    await runningNow(1);
    endAll();
    expect((await next).status).toBe(200);
  });
});
