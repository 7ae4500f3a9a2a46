/** The demo's retries, against a gateway of the test. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Actor, RefusedError } from './actor.client.ts';
import { pauseMs } from './request.client.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const problem =
  (status: number, code: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(JSON.stringify({ status, code, detail: 'in words' }));
const made: Answer = (response) => response.writeHead(201).end('{"id":"1"}');
const cut: Answer = (_, request) => request.socket.destroy();

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** A gateway that gives these answers in order, except to sign-ins. Records the requests. */
async function gateway(...answers: Answer[]) {
  const asked: { readonly path: string; readonly key: string; readonly token: string }[] = [];
  let signIns = 0;
  const listening = createServer((request, response) => {
    if (request.url === '/login-refused/auth/login')
      return problem(401, 'wrong_credentials')(response, request);
    if (request.url?.endsWith('/auth/login')) {
      signIns += 1;
      return void response.writeHead(200).end(`{"accessToken":"token-${signIns}"}`);
    }
    const { authorization = '', 'idempotency-key': key } = request.headers;
    asked.push({ path: request.url ?? '', key: String(key), token: authorization.replace('Bearer ', '') });
    (answers[asked.length - 1] ?? made)(response, request);
  }).listen(0, '127.0.0.1');
  server = listening;
  await once(listening, 'listening');
  const root = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  return {
    root,
    asked,
    actor: (patienceMs?: number) => new Actor(root, { login: 'mia', beak: 'beak' }, patienceMs),
  };
}

describe('a request that the gateway defers', () => {
  it('is repeated under the same key until it succeeds', async () => {
    const { actor, asked } = await gateway(
      problem(503, 'service_unavailable', { 'Retry-After': '0' }),
      cut,
      problem(409, 'nobody_assignable'),
      problem(409, 'idempotency_key_in_use'),
    );
    expect(await actor().post('/tasks', { title: 'Task' })).toEqual({ id: '1' });
    expect(asked).toHaveLength(5);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    expect(asked[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is repeated after the time in Retry-After', async () => {
    const { actor, asked } = await gateway(problem(429, 'too_many_requests', { 'Retry-After': '1' }));
    const me = actor();
    await me.signIn();
    await me.post('/tasks');
    expect(asked).toHaveLength(2);
    expect([pauseMs({ retryAfter: 1 }), pauseMs({ retryAfter: 0 })]).toEqual([1_000, 0]);
    expect(pauseMs({ retryAfter: null })).toBeGreaterThan(0);
  });

  it('is given up after a while', async () => {
    const { actor, asked } = await gateway(
      ...Array.from({ length: 50 }, () => problem(503, 'service_unavailable')),
    );
    await expect(actor(300).get('/tasks')).rejects.toMatchObject({
      status: 503,
      code: 'service_unavailable',
    });
    expect(asked.length).toBeGreaterThan(1);
  });
});

describe('a request that is refused', () => {
  it('is not repeated', async () => {
    const { actor, asked } = await gateway(problem(409, 'login_taken'));
    await expect(actor().post('/users')).rejects.toThrow('POST /users: 409 login_taken (in words)');
    expect(asked).toHaveLength(1);
  });

  it('for an old token is repeated once with a new one, as the same request', async () => {
    const { actor, asked } = await gateway(problem(401, 'token_expired'), made);
    await actor().post('/tasks');
    expect(asked.map(({ token }) => token)).toEqual(['token-1', 'token-2']);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  });

  it('reports a wrong beak', async () => {
    const { root } = await gateway();
    const stranger = new Actor(`${root}/login-refused`, { login: 'mia', beak: 'wrong' });
    await expect(stranger.get('/tasks')).rejects.toBeInstanceOf(RefusedError);
  });
});

describe('a missing gateway', () => {
  it('is reported with its address', async () => {
    const { root } = await gateway();
    server?.close();
    await expect(new Actor(root, { login: 'mia', beak: 'beak' }, 300).signIn()).rejects.toThrow(
      `${root} does not answer`,
    );
  });
});
