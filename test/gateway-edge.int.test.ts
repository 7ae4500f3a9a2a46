/** The gateway before it finds a route: limits, origins and headers. Also its start and its end. */
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../config.ts';
import { drain, makeServer } from '../services/gateway/connections/server.http.ts';
import { startToyGateway, type ToyGateway, type ToyOptions } from './gateway.fixture.ts';
import { until } from './harness/wait.ts';

let toys: ToyGateway;

async function start(config: Partial<Config> = {}, options: ToyOptions = {}): Promise<void> {
  toys = await startToyGateway({ config, ...options });
}

const stop = () => toys?.stop();
/** One gateway for all tests of a describe. */
function startOnce(config: Partial<Config> = {}): void {
  beforeAll(() => start(config));
  afterAll(stop);
}

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${toys.root}${path}`, { headers });
const open = (headers: Record<string, string> = {}) =>
  fetch(`${toys.root}/api/v1/toys/open`, { method: 'POST', headers });

const PROXY = { 'x-forwarded-for': '203.0.113.7' };
const address = async () => {
  await open(PROXY);
  return (toys.calls.at(-1)?.meta as { address?: string } | undefined)?.address;
};
const preflight = (origin: string) =>
  fetch(`${toys.root}/api/v1/toys/open`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-evil',
    },
  });

/** The statuses of this many simultaneous requests. */
const flood = async (times: number, headers: (index: number) => Record<string, string> = () => ({})) => {
  const answers = await Promise.all(Array.from({ length: times }, (_, index) => open(headers(index))));
  return answers.map(({ status }) => status);
};
const refusals = (statuses: readonly number[]) => statuses.filter((status) => status === 429).length;

describe('a gateway with its defaults', () => {
  startOnce();

  it('gives every answer the security headers and a request id, and does not name its software', async () => {
    const answers = await Promise.all([
      get('/livez'),
      get('/.well-known/toys'),
      get('/api/v1/toys'),
      get('/nowhere'),
      open({ origin: 'https://evil.example' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 404, 403]);
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-request-id': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/),
      });
      for (const name of ['x-powered-by', 'server', 'set-cookie', 'access-control-allow-origin']) {
        expect(headers.has(name)).toBe(false);
      }
    }
  });

  it('uses a request id of the client only if it is harmless', async () => {
    const idFor = async (id: string) =>
      (await get('/livez', { 'x-request-id': id })).headers.get('x-request-id');
    expect(await idFor('abc.DEF_12-3')).toBe('abc.DEF_12-3');
    for (const id of ['short', 'x'.repeat(65), 'with blank', '<script>', 'a,b,c,d,e,f']) {
      expect(await idFor(id)).not.toBe(id);
    }
  });

  it('refuses pages of other origins, and their preflight requests', async () => {
    const reached = toys.calls.length;
    for (const origin of ['https://app.example.com', 'null', toys.root.replace('http', 'file')]) {
      expect((await open({ origin })).status).toBe(403);
      const asked = await preflight(origin);
      expect(asked.status).toBe(403);
      expect(asked.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect(toys.calls).toHaveLength(reached);
    expect((await open({ origin: toys.root })).status).toBe(200);
  });

  it('uses the socket’s address as the client’s', async () => {
    expect(await address()).toBe('127.0.0.1');
  });

  it('has limits that disconnect slow clients', async () => {
    const { server } = toys.node.broker.getLocalService('gateway') as unknown as {
      server: ReturnType<typeof makeServer>;
    };
    expect(server.headersTimeout).toBeLessThanOrEqual(10_000);
    expect(server.requestTimeout).toBeLessThanOrEqual(30_000);
    expect(server.timeout).toBeGreaterThan(0);
    expect(server.keepAliveTimeout).toBeGreaterThan(0);
    expect(server.maxConnections).toBeGreaterThan(0);
  });

  it('is ready when every service is', async () => {
    await until(async () => (await get('/readyz')).ok);
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' });
  });
});

describe('a page of another origin', () => {
  afterAll(stop);

  it('is accepted if exactly this origin is configured', async () => {
    await start({ corsOrigins: ['https://app.example.com'] });
    const answer = await open({ origin: 'https://app.example.com' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')).toBe('Origin');
    const asked = await preflight('https://app.example.com');
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-headers')).not.toContain('x-evil');
    expect(toys.calls).toHaveLength(1);
    for (const origin of [
      'https://app.example.co',
      'http',
      'https://app.example.com.evil.example',
      'http://app.example.com',
      'https://APP.example.com',
      '*',
    ]) {
      const refused = await open({ origin });
      expect(refused.status).toBe(403);
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect(toys.calls).toHaveLength(1);
  });
});

describe('an address with too many requests', () => {
  startOnce({ rateLimit: 5 });

  it('gets Retry-After, while health requests are still answered', async () => {
    // Thirty requests touch two windows at most.
    expect(refusals(await flood(30))).toBeGreaterThanOrEqual(20);
    const reached = toys.calls.length;
    expect(reached).toBeLessThanOrEqual(10);
    const refused = await until(async () => {
      const answer = await open();
      return answer.status === 429 && answer;
    });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ code: 'too_many_requests' });
    expect((await get('/livez')).status).toBe(200);
    await until(async () => (await open()).ok);
  });

  it('cannot pretend to be several by a header', async () => {
    const statuses = await flood(30, (index) => ({ 'x-forwarded-for': `203.0.113.${index}` }));
    expect(refusals(statuses)).toBeGreaterThanOrEqual(20);
  });
});

describe('an address with its maximum of connections', () => {
  startOnce({ connectionLimitAddress: 5 });

  it('E12: is answered on a new one, which replaces an idle one', async () => {
    const idle = Array.from({ length: 5 }, () => connect(toys.port, '127.0.0.1').on('error', () => {}));
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    const [first] = idle;
    const closed = new Promise((resolve) => first?.once('close', resolve));
    expect((await open({ connection: 'close' })).status).toBe(200);
    await closed;
    for (const socket of idle) socket.destroy();
  });
});

describe('behind trusted proxies, the address', () => {
  startOnce({ rateLimit: 5, trustedProxies: ['127.0.0.0/8'] });

  it('of a client is the one that they report', async () => {
    expect(await address()).toBe('203.0.113.7');
  });

  it('with too many requests is the one that they report', async () => {
    expect(refusals(await flood(30, (index) => ({ 'x-forwarded-for': `203.0.113.${index}` })))).toBe(0);
    // What stands left of the proxy's word is the client's own.
    const spoofed = await flood(30, (index) => ({ 'x-forwarded-for': `198.51.100.${index}, 203.0.113.99` }));
    expect(refusals(spoofed)).toBeGreaterThanOrEqual(20);
  });
});

describe('a slow client', () => {
  it('gets a 408 and is disconnected', async () => {
    const server = makeServer((_req, res) => res.end(), {
      limits: { total: 10, ofAddress: 10, isExempt: () => false },
      patience: { headersMs: 100, requestMs: 200, checkMs: 20 },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n'));
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
    await drain(server);
  });
});

describe('a gateway that starts', () => {
  afterEach(stop);

  it('is alive, but not ready before every service is, and names the missing ones', async () => {
    await start({}, { ready: false });
    expect((await get('/livez')).status).toBe(200);
    const answer = await until(async () => {
      const body = (await (await get('/readyz')).json()) as { errors: { message: string }[] };
      return body.errors[0]?.message === 'painting' && body;
    });
    expect(answer).toMatchObject({
      status: 503,
      code: 'service_unavailable',
      errors: [{ field: 'toy', code: 'not_ready' }],
    });
  });
});

describe('a gateway that stops', () => {
  afterEach(stop);

  it('completes running requests, closes idle connections and accepts no new ones', async () => {
    await start();
    const agent = new Agent({ keepAlive: true });
    const send = (path: string) =>
      new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
        const req = request(`${toys.root}${path}`, { method: 'POST', agent }, (res) => {
          res
            .resume()
            .on('end', () => resolve({ status: res.statusCode, connection: res.headers.connection }));
        });
        req.on('error', reject).end();
      });
    expect(await send('/api/v1/toys/open')).toEqual({ status: 200, connection: 'keep-alive' });
    const running = send('/api/v1/toys/wait');
    await until(() => toys.calls.some(({ action }) => action === 'toy.wait'));
    const stopped = toys.node.stop();
    await until(async () => {
      await get('/livez').then(
        () => {
          throw new Error('still taken in');
        },
        () => {},
      );
      return true;
    });
    toys.release();
    expect((await running).status).toBe(200);
    await stopped;
    agent.destroy();
  });

  it('does not wait for a connection that was opened in advance', async () => {
    await start();
    const socket = connect(toys.port, '127.0.0.1');
    await once(socket, 'connect');
    const running = fetch(`${toys.root}/api/v1/toys/wait`, { method: 'POST' });
    await until(() => toys.calls.some(({ action }) => action === 'toy.wait'));
    const stopped = toys.node.stop();
    await once(socket, 'close');
    // It was closed before the end of all, which would have cut this one as well.
    toys.release();
    expect((await running).status).toBe(200);
    await stopped;
  });
});
