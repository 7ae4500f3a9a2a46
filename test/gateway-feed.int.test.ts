/**
 * Server-sent events through the gateway (ANA-4): the result of an action, sent to all of its
 * readers.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServiceSchema } from 'moleculer';
import { ACCESS_TOKEN_SECONDS, CLOCK_TOLERANCE_SECONDS } from '#mixins/identity/access-token.ts';
import type { RequestContext } from '#mixins/identity/identity.ts';
import { createTestIssuer, type TestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { REFRESHABLE_ACTION } from '#mixins/identity/owner-watch.ts';
import { platformOf } from '#mixins/platform.ts';
import { defineAction } from '#schemas/action.ts';
import { string } from '#schemas/answers.ts';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../config.ts';
import type { FeedSettings } from '../services/gateway/answers/feed.http.ts';
import { gatewayService } from '../services/gateway/gateway.service.ts';
import { startNode, type TestNode } from './harness/broker.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { until } from './harness/wait.ts';

const WEATHER = defineAction({
  action: 'weather.live',
  route: 'GET /weather/live',
  access: ['admin'],
  status: 200,
  summary: 'Tells the weather.',
  params: { $$strict: true },
  answer: { now: string() },
  event: 'weather',
});

const SETTINGS: FeedSettings = {
  intervalMs: 50,
  heartbeatMs: 150,
  slowMs: 300,
  maxReaders: 3,
  maxReadersOfUser: 40,
};

/** The weather, the number and times of calls for it, and whether it is available. */
const sky = { now: 'rain', numbered: false, asked: 0, askedAt: 0, away: false, tokens: new Set<string>() };

const weather: ServiceSchema = {
  name: 'weather',
  actions: {
    ready: { visibility: 'public', handler: () => ({ ready: true }) },
    // Stands for the owner of the accounts: an expired token counts as expired (AUTH-7).
    [REFRESHABLE_ACTION]: { visibility: 'public', handler: () => true },
    live: {
      ...WEATHER,
      handler(ctx: RequestContext) {
        sky.asked += 1;
        sky.askedAt = Date.now();
        sky.tokens.add(ctx.meta.token ?? '');
        if (sky.away) throw new Problem('service_unavailable');
        return { now: sky.numbered ? String(sky.asked) : sky.now };
      },
    },
  },
};

let config: Config;
let node: TestNode;
let issuer: TestIssuer;
let url: string;
let server: Server;
/** Requests that the node has not answered completely. */
let open: Set<ServerResponse>;

async function start(settings: Partial<FeedSettings> = {}): Promise<void> {
  const gateway = gatewayService({
    contracts: [WEATHER],
    services: ['weather'],
    feeds: { ...SETTINGS, ...settings },
  });
  node = await startNode(config, [weather, gateway]);
  const { bus, identity } = platformOf(node.broker);
  issuer = await createTestIssuer(config.namespace);
  await (await bus.bucket('identity')).put(...issuer.entry);
  const token = await issuer.token();
  await until(async () => (await identity.verify(token)).userId !== '');
  ({ server } = node.broker.getLocalService('gateway') as unknown as { server: Server });
  open = new Set();
  server.on('request', (_, res) => {
    open.add(res);
    res.once('close', () => open.delete(res));
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/weather/live`;
}

/** The readers of the running test. */
const listeners: Listener[] = [];

beforeAll(() => {
  config = testConfig({ logLevel: 'fatal' });
});

beforeEach(() => {
  Object.assign(sky, { now: 'rain', numbered: false, asked: 0, away: false, tokens: new Set() });
});

afterEach(async () => {
  for (const listener of listeners.splice(0)) listener.leave();
  // What was asked last is told to who comes within an interval.
  await until(() => open.size === 0 && Date.now() - sky.askedAt > SETTINGS.intervalMs);
});

afterAll(() => dropNamespace(config));

/** What a client of server-sent events hears. */
class Listener {
  readonly response: IncomingMessage;
  text = '';
  ended = false;

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
    });
    response.on('close', () => {
      this.ended = true;
    });
    response.on('error', () => {});
  }

  get events(): { event: string; id: string; data: unknown }[] {
    const blocks = this.text.split('\n\n').filter((block) => block.startsWith('event: '));
    return blocks.map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      return { event: field('event'), id: field('id'), data: JSON.parse(field('data')) };
    });
  }

  /** What the newest event says. */
  get nowTold(): unknown {
    return (this.events.at(-1)?.data as { now?: unknown } | undefined)?.now;
  }

  get heartbeats(): number {
    return this.text.split('\n\n').filter((block) => block === ':').length;
  }

  leave(): void {
    this.response.destroy();
  }
}

/** The number of the question that an event answers, while `sky.numbered`. */
const numberOf = (data: unknown) => Number((data as { now: string }).now);

async function listen(token: string, headers: Record<string, string> = {}): Promise<Listener> {
  const request = get(url, { headers: { authorization: `Bearer ${token}`, ...headers } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const listener = new Listener(response);
  listeners.push(listener);
  return listener;
}

const adminToken = (subject: { sessionId?: string; userId?: string } = {}, now?: number) =>
  issuer.token({ roles: ['admin'], ...subject }, now);

async function refusal(token?: string): Promise<{ status: number; code: string; retryAfter: string | null }> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers });
  const { code } = (await response.json()) as { code: string };
  return { status: response.status, code, retryAfter: response.headers.get('retry-after') };
}

describe('a reader', () => {
  beforeAll(() => start());
  afterAll(() => node.stop());

  it('ANA-4: gets the figures at once, and again after a change', async () => {
    const reader = await listen(await adminToken());
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    await until(() => reader.events.length === 1);
    expect(reader.events[0]).toEqual({
      event: 'weather',
      id: expect.stringMatching(/./),
      data: { now: 'rain' },
    });
    sky.now = 'sun';
    await until(() => reader.events.length === 2);
    expect(reader.events[1]?.data).toEqual({ now: 'sun' });
    expect(reader.events[1]?.id).not.toBe(reader.events[0]?.id);
  });

  it('does not count as one if it sends a HEAD', async () => {
    const heads = async (token: string) =>
      fetch(url, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } });
    const answer = await heads(await adminToken());
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await answer.text()).toBe('');
    expect((await heads(await issuer.token())).status).toBe(403);
    expect(sky.asked).toBe(0);
  });

  it('ANA-4: gets only heartbeats while nothing changes', async () => {
    const reader = await listen(await adminToken());
    await until(() => reader.heartbeats >= 2);
    expect(reader.events).toHaveLength(1);
  });

  it('ANA-4: gets only unseen figures when it reconnects', async () => {
    const reader = await listen(await adminToken());
    await until(() => reader.events.length === 1);
    const lastId = reader.events[0]?.id ?? '';
    reader.leave();
    const resumed = await listen(await adminToken(), { 'last-event-id': lastId });
    await until(() => resumed.heartbeats >= 1);
    expect(resumed.events).toEqual([]);
    sky.now = 'snow';
    await until(() => resumed.events.length === 1);
    resumed.leave();
    const late = await listen(await adminToken(), { 'last-event-id': lastId });
    await until(() => late.events.length === 1);
    expect(late.events[0]?.data).toEqual({ now: 'snow' });
  });

  it('ANA-4: gets only the newest figures of an interval', async () => {
    const reader = await listen(await adminToken());
    await until(() => reader.events.length === 1);
    for (let n = 1; n <= 40; n++) sky.now = `gust ${n}`;
    await until(() => reader.nowTold === 'gust 40');
    expect(reader.events).toHaveLength(2);
  });

  it('shares the calls with all others, and causes none after it left', async () => {
    sky.numbered = true;
    const readers = await Promise.all([1, 2, 3].map(async () => listen(await adminToken())));
    await until(() => readers.every(({ events }) => events.length >= 5));
    // Answers to questions of its own would have numbers that no other reader is told.
    const told = readers.map(({ events }) => events.map(({ data }) => numberOf(data)));
    const from = Math.max(...told.map((numbers) => numbers[1] ?? 0));
    const to = Math.min(...told.map((numbers) => numbers.at(-1) ?? 0));
    const shared = told.map((numbers) => numbers.filter((number) => number >= from && number <= to));
    expect(shared).toEqual(readers.map(() => shared[0]));
    expect(shared[0]).not.toEqual([]);
    for (const reader of readers) reader.leave();
    let last = -1;
    const isQuiet = () => {
      const quiet = sky.asked === last;
      last = sky.asked;
      return quiet;
    };
    await until(isQuiet, { every: 4 * SETTINGS.intervalMs });
  });

  it('AUTH-4: gets nothing more after its session was revoked', async () => {
    const sessionId = randomUUID();
    const reader = await listen(await adminToken({ sessionId }));
    const other = await listen(await adminToken());
    await until(() => reader.events.length === 1 && other.events.length === 1);
    await platformOf(node.broker).identity.learn(`session.${sessionId}`, { revoked: true });
    await until(() => reader.ended);
    expect(other.ended).toBe(false);
    sky.now = 'sun';
    await until(() => other.events.length === 2);
    expect(reader.events).toHaveLength(1);
  });

  it('gets nothing more after its token has expired', async () => {
    // It ends in a second and a half, when the time for clocks that differ is over as well.
    const livesMs = (ACCESS_TOKEN_SECONDS + CLOCK_TOLERANCE_SECONDS) * 1_000;
    const token = await adminToken({}, Date.now() - livesMs + 1_500);
    const reader = await listen(token);
    await until(() => reader.events.length === 1);
    await until(() => reader.ended, { within: 20_000 });
    expect(await refusal(token)).toMatchObject({ status: 401, code: 'token_expired' });
  });

  it('stays connected while the figures are unavailable', async () => {
    const reader = await listen(await adminToken());
    await until(() => reader.events.length === 1);
    sky.away = true;
    await until(() => reader.heartbeats >= 2);
    sky.away = false;
    sky.now = 'hail';
    await until(() => reader.events.length === 2);
  });

  it('is refused as on any other route before anything is sent', async () => {
    expect(await refusal()).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(await refusal(await issuer.token())).toMatchObject({ status: 403, code: 'forbidden' });
    expect(
      (await fetch(`${url}?now=1`, { headers: { authorization: `Bearer ${await adminToken()}` } })).status,
    ).toBe(422);
    sky.away = true;
    expect(await refusal(await adminToken())).toMatchObject({ status: 503, code: 'service_unavailable' });
  });

  it('is refused at the limit of a node, until another leaves', async () => {
    const readers = await Promise.all([1, 2, 3].map(async () => listen(await adminToken())));
    expect(await refusal(await adminToken())).toEqual({
      status: 503,
      code: 'service_unavailable',
      retryAfter: '5',
    });
    readers[0]?.leave();
    await until(async () => {
      const reader = await listen(await adminToken());
      return reader.response.statusCode === 200;
    });
  });
});

describe('a user with the maximum of readers', () => {
  beforeAll(() => start({ maxReaders: 10, maxReadersOfUser: 2 }));
  afterAll(() => node.stop());

  it('E15: gets Retry-After until one of them leaves; others are accepted', async () => {
    const [userId, otherId] = [randomUUID(), randomUUID()];
    const own = [await listen(await adminToken({ userId })), await listen(await adminToken({ userId }))];
    const { response } = await listen(await adminToken({ userId }));
    expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '5']);
    const other = await listen(await adminToken({ userId: otherId }));
    expect(other.response.statusCode).toBe(200);
    own[0]?.leave();
    await until(async () => {
      const reader = await listen(await adminToken({ userId }));
      return reader.response.statusCode === 200;
    });
    const again = await listen(await adminToken({ userId }));
    expect(again.response.statusCode).toBe(429);
  });
});

describe('a client that leaves before its token is verified', () => {
  beforeAll(() => start());
  afterAll(() => node.stop());

  it('takes no place', async () => {
    const { hostname, port, pathname } = new URL(url);
    let begun = 0;
    server.on('request', () => {
      begun += 1;
    });
    const times = 10 * SETTINGS.maxReaders;
    for (let n = 1; n <= times; n++) {
      // A token that this node has not seen yet takes it some time.
      const head = `GET ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${await adminToken()}\r\n\r\n`;
      const socket = connect(Number(port), hostname, () => socket.write(head, () => socket.destroy()));
      await until(() => begun === n, { every: 1 });
    }
    await until(() => open.size === 0);
    const readers = await Promise.all([1, 2, 3].map(async () => listen(await adminToken())));
    expect(readers.map(({ response }) => response.statusCode)).toEqual([200, 200, 200]);
  });
});

describe('a reader that does not read', () => {
  afterEach(() => node.stop());

  it('is dropped, and others get the figures as usual', async () => {
    await start({ slowMs: 200, maxReaders: 2 });
    const slow = await listen(await adminToken());
    slow.response.pause();
    const other = await listen(await adminToken());
    let n = 0;
    const last = await until(
      async () => {
        // In time more than all buffers between the two hold.
        sky.now = `${n++} `.repeat(100_000);
        const next = await listen(await adminToken());
        return next.response.statusCode === 200 && next;
      },
      { within: 20_000, every: SETTINGS.intervalMs, what: 'the place of the slow reader to be free' },
    );
    sky.now = 'calm';
    await until(() => other.nowTold === 'calm' && last.nowTold === 'calm');
  });

  it('is also dropped if its token expires meanwhile', async () => {
    await start({ slowMs: 1_000, maxReaders: 2 });
    const sessionId = randomUUID();
    const other = await listen(await adminToken());
    const slow = await listen(await adminToken({ sessionId }));
    slow.response.pause();
    let n = 0;
    await until(
      () => {
        sky.now = `${n++} `.repeat(100_000);
        return [...open].some(({ writableNeedDrain }) => writableNeedDrain);
      },
      { every: SETTINGS.intervalMs },
    );
    await platformOf(node.broker).identity.learn(`session.${sessionId}`, { revoked: true });
    await until(() => open.size === 1, { what: 'the connection of the slow reader to be closed' });
    expect(other.ended).toBe(false);
  });
});

describe('a node that stops', () => {
  it('disconnects its readers, and does not wait for them to leave', async () => {
    await start();
    const reader = await listen(await adminToken());
    await until(() => reader.events.length === 1);
    await node.stop();
    await until(() => reader.ended);
  });
});
