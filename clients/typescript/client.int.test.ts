/** The client, against a server of the test. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Client,
  type ClientOptions,
  memoryStore,
  NoAnswerError,
  ProblemError,
  processLock,
} from './src/index.ts';

type Reply = (response: ServerResponse, request: IncomingMessage) => void;

interface Asked {
  readonly line: string;
  readonly key: string | undefined;
  readonly token: string | undefined;
  readonly lastId: string | undefined;
}

const TASK = { params: { path: { id: '019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05' } } };
const NEW_TASK = { body: { title: 'Wash the cage' } };

const ok =
  (body: object = {}, status = 200): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const problem =
  (status: number, code: string, more: object = {}, headers: Readonly<Record<string, string>> = {}): Reply =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
      .end(JSON.stringify({ status, code, detail: 'in words', retryable: false, ...more }));
const soon = problem(503, 'service_unavailable', { retryable: true }, { 'retry-after': '0' });
const cut: Reply = (_, request) => request.socket.destroy();
const expired = problem(401, 'token_expired');

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

/**
 * A server that gives these replies in order, and `ok` after the last. It issues `access-1` and
 * `refresh-1` at sign-in. `refresh-n` gets `access-n+1`, once.
 */
async function serve({ replies = [], expiresIn = 600 }: { replies?: Reply[]; expiresIn?: number } = {}) {
  const asked: Asked[] = [];
  const refreshed: string[] = [];
  const state = { refresh: undefined as Reply | undefined };
  const issue = (n: number) =>
    ok({ accessToken: `access-${n}`, refreshToken: `refresh-${n}`, tokenType: 'Bearer', expiresIn });
  const server = createServer(async (request, response) => {
    if (request.url === '/api/v1/auth/login') return issue(1)(response, request);
    if (request.url === '/api/v1/auth/refresh') {
      const { refreshToken } = (await json(request)) as { readonly refreshToken: string };
      refreshed.push(refreshToken);
      if (state.refresh !== undefined) return state.refresh(response, request);
      return issue(Number(refreshToken.split('-')[1]) + 1)(response, request);
    }
    const { authorization, 'idempotency-key': key, 'last-event-id': lastId } = request.headers;
    asked.push({
      line: `${request.method} ${request.url?.replace('/api/v1', '')}`,
      key: key as string | undefined,
      token: authorization?.replace('Bearer ', ''),
      lastId: lastId as string | undefined,
    });
    (replies[asked.length - 1] ?? ok())(response, request);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  return {
    server,
    api,
    asked,
    refreshed,
    state,
    async signedIn(options: Partial<ClientOptions> = {}): Promise<Client> {
      const client = new Client({ api, ...options });
      await client.signIn('mia', 'curved-and-red');
      return client;
    },
  };
}

const tokensIn = (asked: readonly Asked[]) => asked.map(({ token }) => token);

describe('a request that cannot be answered yet', () => {
  it('is repeated under one key until it succeeds', async () => {
    const running = problem(409, 'idempotency_key_in_use', { retryable: true });
    const unknown = problem(504, 'outcome_unknown', { retry: 'same_idempotency_key' });
    const { api, asked } = await serve({ replies: [soon, cut, running, unknown, ok({ id: '1' }, 201)] });
    expect(await new Client({ api }).post('/tasks', NEW_TASK)).toEqual({ id: '1' });
    expect(asked).toHaveLength(5);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    expect(asked[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is given up at once where Retry-After is longer than the patience', async () => {
    const late = problem(429, 'too_many_requests', { retryable: true }, { 'retry-after': '3600' });
    const { api, asked } = await serve({ replies: [late] });
    const refused = new Client({ api }).get('/tasks/{id}', TASK);
    await expect(refused).rejects.toMatchObject({ code: 'too_many_requests' });
    expect(asked).toHaveLength(1);
  });

  it('is repeated while there is nobody to assign', async () => {
    const nobody = problem(409, 'nobody_assignable', { retryable: true });
    const { api, asked } = await serve({ replies: [nobody] });
    await new Client({ api }).post('/tasks', NEW_TASK);
    expect(asked).toHaveLength(2);
  });

  it('is repeated when a proxy has no server', async () => {
    const { api, asked } = await serve({ replies: [(response) => response.writeHead(502).end('<html>')] });
    await new Client({ api }).get('/tasks/{id}', TASK);
    expect(asked).toHaveLength(2);
  });

  it('is given up when the patience has run out', async () => {
    const { api, asked } = await serve({ replies: Array.from({ length: 50 }, () => soon) });
    const refused = new Client({ api, patienceMs: 300, fetch: slowly }).get('/tasks/{id}', TASK);
    await expect(refused).rejects.toMatchObject({ status: 503, code: 'service_unavailable' });
    expect(asked.length).toBeGreaterThan(1);
  });

  it('names the server that does not answer', async () => {
    const { api, server } = await serve();
    server.close();
    const refused = new Client({ api, patienceMs: 0 }).get('/tasks/{id}', TASK);
    await expect(refused).rejects.toThrow(`${new URL(api).origin} does not answer: connect ECONNREFUSED`);
    await expect(refused).rejects.toBeInstanceOf(NoAnswerError);
  });

  it('ends when the caller aborts it', async () => {
    const { api } = await serve({ replies: Array.from({ length: 50 }, () => cut) });
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(new Client({ api }).get('/tasks/{id}', { ...TASK, signal })).rejects.toBe(reason);
  });
});

/** Sends a request 50 ms later. */
async function slowly(request: Request): Promise<Response> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return fetch(request);
}

describe('a refused request', () => {
  it('throws the problem, and is not repeated', async () => {
    const { api, asked } = await serve({ replies: [problem(403, 'not_your_task')] });
    const refused = new Client({ api }).post('/tasks/{id}/complete', TASK);
    await expect(refused).rejects.toThrow(
      `POST /tasks/${TASK.params.path.id}/complete: 403 not_your_task (in words)`,
    );
    await expect(refused).rejects.toBeInstanceOf(ProblemError);
    expect(asked).toHaveLength(1);
  });

  it('throws also where the answer is no problem document', async () => {
    const { api } = await serve({ replies: [(response) => response.writeHead(404).end('nothing')] });
    const refused = new Client({ api }).get('/tasks/{id}', TASK);
    await expect(refused).rejects.toMatchObject({ status: 404, code: '', problem: undefined });
  });
});

describe('a signed-in client', () => {
  it('sends its token', async () => {
    const { asked, signedIn } = await serve();
    await (await signedIn()).get('/tasks/{id}', TASK);
    expect(tokensIn(asked)).toEqual(['access-1']);
  });

  it('refreshes a token that is due before the next request', async () => {
    const { asked, refreshed, signedIn } = await serve({ expiresIn: 0 });
    await (await signedIn()).get('/tasks/{id}', TASK);
    expect(tokensIn(asked)).toEqual(['access-2']);
    expect(refreshed).toEqual(['refresh-1']);
  });

  it('repeats a request whose token has expired with a new one, under the same key', async () => {
    const { asked, signedIn } = await serve({ replies: [expired] });
    await (await signedIn()).post('/tasks', NEW_TASK);
    expect(tokensIn(asked)).toEqual(['access-1', 'access-2']);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  });

  it('refreshes once for all requests that meet the end of a token', async () => {
    const { refreshed, signedIn } = await serve({ replies: [expired, expired, expired] });
    const client = await signedIn();
    await Promise.all([1, 2, 3].map(() => client.get('/tasks/{id}', TASK)));
    expect(refreshed).toEqual(['refresh-1']);
  });

  it('shares tokens with another client by a store and a lock', async () => {
    const { refreshed, api, signedIn } = await serve({ replies: [expired, expired] });
    const shared = { store: memoryStore(), lock: processLock() };
    const clients = [await signedIn(shared), new Client({ api, ...shared })];
    await Promise.all(clients.map((client) => client.get('/tasks/{id}', TASK)));
    expect(refreshed).toEqual(['refresh-1']);
  });

  it('works on with its old token while no refresh is possible', async () => {
    const { asked, refreshed, state, signedIn } = await serve({ expiresIn: 0 });
    const client = await signedIn();
    state.refresh = soon;
    await client.get('/tasks/{id}', TASK);
    await client.get('/tasks/{id}', TASK);
    expect(tokensIn(asked)).toEqual(['access-1', 'access-1']);
    // The second request did not wait for another attempt.
    expect(refreshed).toEqual(['refresh-1']);
  });

  it('is signed out when its session has ended', async () => {
    const { asked, state, signedIn } = await serve({ replies: [expired, problem(401, 'unauthenticated')] });
    const client = await signedIn();
    state.refresh = problem(401, 'invalid_token');
    await expect(client.get('/tasks/{id}', TASK)).rejects.toMatchObject({ code: 'token_expired' });
    await expect(client.get('/tasks/{id}', TASK)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(tokensIn(asked)).toEqual(['access-1', undefined]);
  });

  it('signs out with its refresh token', async () => {
    const { asked, signedIn } = await serve({ replies: [(response) => response.writeHead(204).end()] });
    const client = await signedIn();
    await client.signOut();
    await client.get('/tasks/{id}', TASK);
    expect(asked.map(({ line, token }) => [line, token])).toEqual([
      ['POST /auth/logout', 'access-1'],
      [`GET /tasks/${TASK.params.path.id}`, undefined],
    ]);
  });
});

describe('a client with a fixed token', () => {
  it('never refreshes it', async () => {
    const { api, asked, refreshed } = await serve({ replies: [expired] });
    const client = new Client({ api, token: 'fixed' });
    await expect(client.get('/tasks/{id}', TASK)).rejects.toMatchObject({ code: 'token_expired' });
    expect(tokensIn(asked)).toEqual(['fixed']);
    expect(refreshed).toEqual([]);
  });
});

describe('a list', () => {
  it('is read page by page, with the same filters', async () => {
    const { api, asked } = await serve({
      replies: [ok({ items: [1, 2], nextCursor: 'a+b' }), ok({ items: [3], nextCursor: null })],
    });
    const params = { query: { status: 'open' } } as const;
    expect(await Array.fromAsync(new Client({ api }).items('/tasks', { params }))).toEqual([1, 2, 3]);
    expect(asked.map(({ line }) => line)).toEqual([
      'GET /tasks?status=open',
      'GET /tasks?status=open&cursor=a%2Bb',
    ]);
  });

  it('asks for no page that nobody reads', async () => {
    const { api, asked } = await serve({ replies: [ok({ items: [1, 2], nextCursor: 'next' })] });
    for await (const _ of new Client({ api }).items('/tasks')) break;
    expect(asked).toHaveLength(1);
  });
});

describe('a feed', () => {
  const feed =
    (...events: string[]): Reply =>
    (response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events.join(''));
  const event = (id: number) => `event: today\nid: ${id}\ndata: {"companyResult":${id}}\n\n`;

  it('goes on after its last event when a connection ends', async () => {
    const { api, asked } = await serve({ replies: [feed(event(1), event(2)), soon, feed(event(3))] });
    const seen: unknown[] = [];
    for await (const { name, id, data } of new Client({ api }).events('/analytics/live')) {
      seen.push([name, id, data.companyResult]);
      if (id === '3') break;
    }
    expect(seen).toEqual([
      ['today', '1', 1],
      ['today', '2', 2],
      ['today', '3', 3],
    ]);
    expect(asked.map(({ lastId }) => lastId)).toEqual([undefined, '2', '2']);
  });

  it('throws the problem of a refused connection', async () => {
    const { api } = await serve({ replies: [problem(403, 'forbidden')] });
    const first = new Client({ api }).events('/analytics/live').next();
    await expect(first).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('closes its connection when the reader leaves', async () => {
    let closed: Promise<unknown> | undefined;
    const open: Reply = (response) => {
      closed = once(response, 'close');
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event(1));
    };
    const { api } = await serve({ replies: [open] });
    for await (const _ of new Client({ api }).events('/analytics/live')) break;
    await closed;
  });

  it('ends when it is aborted', async () => {
    const open: Reply = (response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event(1));
    const { api } = await serve({ replies: [open] });
    const leaving = new AbortController();
    const reason = new Error('enough');
    const events = new Client({ api }).events('/analytics/live', leaving);
    await events.next();
    const next = events.next();
    leaving.abort(reason);
    await expect(next).rejects.toBe(reason);
  });
});
