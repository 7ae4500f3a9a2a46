/** Requests and answers of the gateway for any caller: forms, errors, unknown paths. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ERRORS } from '#schemas/errors.ts';
import { SECRET, startToyGateway, type ToyGateway } from './gateway.fixture.ts';

let toys: ToyGateway;
let authorization: string;

beforeAll(async () => {
  toys = await startToyGateway();
  authorization = `Bearer ${await toys.issuer.token({ roles: ['admin'] })}`;
});

afterAll(async () => {
  await toys.stop();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly code?: string;
    readonly errors?: readonly { readonly field: string; readonly code: string }[];
    readonly [name: string]: unknown;
  };
}

async function send(
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Answer> {
  const response = await fetch(`${toys.root}${path}`, {
    method,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

/** The answer to these bytes, until the connection is closed. */
const talk = (text: string) =>
  new Promise<string>((resolve, reject) => {
    let answer = '';
    const socket = connect(toys.port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });

/**
 * Asserts that it is refused with a complete problem, with these fields, and that no action was
 * called.
 */
async function refused(sent: Promise<Answer>, status: number, code: string, fields?: readonly string[]) {
  const before = toys.calls.length;
  const answer = await sent;
  expect({
    status: answer.status,
    code: answer.body.code,
    fields: answer.body.errors?.map(({ field }) => field),
  }).toEqual({
    status,
    code,
    fields,
  });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const requestId = answer.headers.get('x-request-id');
  expect(answer.body).toMatchObject({
    type: `urn:ates:problem:${code}`,
    title: ERRORS[code as keyof typeof ERRORS].title,
    status,
    detail: expect.any(String),
    retryable: ERRORS[code as keyof typeof ERRORS].retryable ?? false,
    help: `/docs/problems/${code}`,
    instance: `urn:ates:request:${requestId}`,
    requestId,
  });
  expect(toys.calls).toHaveLength(before);
  return answer;
}

const post = (body: string, headers?: Record<string, string>) => send('POST', '/api/v1/toys', body, headers);
const INVALID = [422, 'validation_failed'] as const;

describe('a body', () => {
  it.each(['{"name"', 'nonsense', '{"name":"a"} x', ' ', '{\'name\':"a"}', '{"name":"\u0001"}', '\u{feff}{'])(
    'that is not JSON is 400: %j',
    async (body) => {
      await refused(post(body), 400, 'malformed_body');
    },
  );

  it('that is not UTF-8 is 400', async () => {
    const bytes = new Uint8Array([...Buffer.from('{"name":"'), 0xc3, 0x28, ...Buffer.from('"}')]);
    await refused(send('POST', '/api/v1/toys', bytes), 400, 'malformed_body');
  });

  it.each(['[]', '"text"', '1', 'null', 'true'])('that is not an object is 422: %s', async (body) => {
    await refused(post(body), ...INVALID, ['body']);
  });

  it('is refused with all invalid fields', async () => {
    await refused(post('{"nmae":"a","tags":[1],"box":{"weight":1}}'), ...INVALID, [
      'nmae',
      'name',
      'tags[0]',
      'box.size',
      'box.weight',
    ]);
  });

  it('with a field that has no name is refused, and the body is named', async () => {
    await refused(post('{"name":"a","":1}'), ...INVALID, ['body']);
  });

  it.each([
    ['{"__proto__":{"name":"a"}}', '__proto__'],
    ['{"name":"a","constructor":{"prototype":{"polluted":1}}}', 'constructor'],
    ['{"name":"a","prototype":1}', 'prototype'],
    ['{"name":"a","box":{"size":1,"__proto__":{"polluted":1}}}', 'box.__proto__'],
    ['{"name":"a","tags":[{"\\u005f_proto__":1}]}', 'tags[0].__proto__'],
  ])('with a name that poisons prototypes is refused: %s', async (body, field) => {
    await refused(post(body), ...INVALID, [field]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    ['{"name":[{"toString":0}]}', 'name[0].toString'],
    ['{"name":{"valueOf":0,"size":1}}', 'name.valueOf'],
    ['{"name":"a","box":{"size":{"toJSON":0}}}', 'box.size.toJSON'],
  ])('with a name that breaks conversions is refused: %s', async (body, field) => {
    await refused(post(body), ...INVALID, [field]);
  });

  it('deeper than sixteen levels is refused, however deep', async () => {
    const nested = (depth: number) => `{"name":"a","tags":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    await refused(post(nested(16)), 400, 'malformed_body');
    await refused(post(nested(30_000)), 400, 'malformed_body');
    await refused(post(nested(15)), ...INVALID, ['tags[0]']);
  });

  it('of 64 KiB is accepted, one byte more is 413', async () => {
    const sized = (bytes: number) => `{"name":"a"${' '.repeat(bytes - 12)}}`;
    expect((await post(sized(64 * 1024))).status).toBe(201);
    await refused(post(sized(64 * 1024 + 1)), 413, 'body_too_large');
    await refused(post(sized(3 * 1024 * 1024)), 413, 'body_too_large');
  });

  it('without a declared length is counted as it arrives', async () => {
    const status = await new Promise((resolve, reject) => {
      const req = request(`${toys.root}/api/v1/toys`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      });
      req.on('response', (res) => resolve(res.statusCode)).on('error', reject);
      for (let sent = 0; sent < 10; sent += 1) req.write(' '.repeat(10_000));
      req.end();
    });
    expect(status).toBe(413);
  });

  it('of another type, charset or encoding is 415', async () => {
    const json = '{"name":"a"}';
    await refused(post(json, { 'content-type': 'text/plain' }), 415, 'unsupported_media_type');
    await refused(
      post(json, { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported_media_type',
    );
    await refused(
      post(json, { 'content-type': 'application/json; charset=latin1' }),
      415,
      'unsupported_media_type',
    );
    const gzip = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    await refused(post(json, gzip), 415, 'unsupported_media_type');
    expect((await post(json, { 'content-type': 'application/json; charset=UTF-8' })).status).toBe(201);
  });

  it('may be missing if no field is required, and then needs no type', async () => {
    expect((await send('POST', '/api/v1/toys/open', undefined, {})).status).toBe(200);
    expect((await send('POST', '/api/v1/toys/open', '', { 'content-type': 'text/plain' })).status).toBe(200);
    await refused(send('POST', '/api/v1/toys', undefined, {}), ...INVALID, ['name']);
  });

  it('cannot replace params of the path, nor the query those of the body', async () => {
    const path = '/api/v1/toys/7f7fdc6f-1f9a-4b68-a6a0-7c4ba7d22a5c';
    await refused(send('PATCH', path, '{"id":"6f7fdc6f-1f9a-4b68-a6a0-7c4ba7d22a5c"}'), ...INVALID, ['id']);
    await refused(send('POST', '/api/v1/toys?name=b', '{"name":"a"}'), ...INVALID, ['name']);
    await refused(send('GET', `${path}?id=6f7fdc6f-1f9a-4b68-a6a0-7c4ba7d22a5c`), ...INVALID, ['id']);
  });

  it('of any kind causes no internal error', async () => {
    const values = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((json) => `{"name":${json}}`),
    );
    await fc.assert(
      fc.asyncProperty(values, async (body) => {
        expect([201, 400, 422]).toContain((await post(body)).status);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a query', () => {
  const get = (query: string) => send('GET', `/api/v1/toys${query}`);

  it('is converted as its contract says', async () => {
    expect(await get('?limit=3&text=a+b%21')).toMatchObject({
      status: 200,
      body: { params: { limit: 3, text: 'a b!' } },
    });
    expect(await get('?')).toMatchObject({ status: 200, body: { params: { limit: 50 } } });
  });

  it('with an unknown or repeated parameter is 422 naming it', async () => {
    await refused(get('?limit=1&limti=2'), ...INVALID, ['limti']);
    await refused(get('?limit=1&limit=1'), ...INVALID, ['limit']);
    await refused(get('?limit[]=1'), ...INVALID, ['limit[]']);
    await refused(get('?='), ...INVALID, ['query']);
    await refused(get('?=1&limti=2'), ...INVALID, ['query', 'limti']);
    await refused(get('?__proto__=1'), ...INVALID, ['__proto__']);
    await refused(get('?constructor[prototype][x]=1'), ...INVALID, ['constructor[prototype][x]']);
  });

  it.each(['0', '201', '-1', '1.5', 'abc', ''])('with limit=%s is 422, not clamped', async (limit) => {
    await refused(get(`?limit=${limit}`), ...INVALID, ['limit']);
  });

  it('that cannot be decoded is 400', async () => {
    await refused(get('?text=%zz'), 400, 'malformed_query');
    await refused(get('?text=%c3%28'), 400, 'malformed_query');
    await refused(get(`?${'limit=1&'.repeat(60)}`), 400, 'malformed_query');
  });

  it('with a control character is 422', async () => {
    await refused(get('?text=a%00b'), ...INVALID, ['text']);
  });
});

describe('an Idempotency-Key', () => {
  it.each([
    ['POST', 'with blank'],
    ['POST', 'ä'],
    ['POST', 'k'.repeat(256)],
    ['PATCH', 'fine'],
  ])('is refused on %s as %j', async (method, key) => {
    const path = method === 'POST' ? '/api/v1/toys' : '/api/v1/toys/7f7fdc6f-1f9a-4b68-a6a0-7c4ba7d22a5c';
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    await refused(send(method, path, '{"name":"a"}', headers), ...INVALID, ['Idempotency-Key']);
  });
});

describe('a path', () => {
  it.each([
    ['GET', '/api/v1/toys/7'],
    ['GET', '/api/v1/toys/7f7fdc6f-1f9a-4b68-a6a0-7c4ba7d22a5'],
    ['GET', '/api/v1/toys/%00'],
    ['GET', '/api/v1/toys/__proto__'],
    ['PATCH', '/api/v1/toys/me'],
    ['DELETE', '/api/v1/toys/open'],
  ])('API-2: with an id that nothing can have is 404: %s %s', async (method, path) => {
    const answer = await refused(send(method, path), 404, 'not_found');
    expect(answer.body.detail).toMatch(/^Nothing can have this path: /);
  });

  it('API-2: is 404 also if the body is wrong', async () => {
    await refused(send('PATCH', '/api/v1/toys/7', '{"name":1,"nmae":2}'), 404, 'not_found');
  });

  it.each([
    '/',
    '/api',
    '/api/v1',
    '/api/v1/toy',
    '/api/v1/TOYS',
    '/api/v1//toys',
    '/api/v1/toys/../toys',
    '/api/v1/toys/%zz',
    '/api/v1/toy.secret',
    '/api/v1/toy/secret',
    '/toy/secret',
    '/toy.create',
    '/api/v1/~node/options',
    '/~node/options',
    '/$node/options',
    '/api/v1/$node.options',
    '/gateway/rest',
    '/api/v1/gateway/addRoute',
    '/list-aliases',
    '/api/v1/list-aliases',
    '/.env',
    '/%2e%2e/package.json',
  ])('that no contract names is 404: %s', async (path) => {
    // fetch would tidy the path up.
    const sent = new Promise<Answer>((resolve, reject) => {
      const req = request({ port: toys.port, path, headers: { authorization } }, async (res) => {
        const text = (await res.toArray()).join('');
        resolve({
          status: res.statusCode ?? 0,
          headers: new Headers(res.headers as Record<string, string>),
          body: JSON.parse(text),
        });
      });
      req.on('error', reject).end();
    });
    await refused(sent, 404, 'not_found');
  });

  it.each([
    ['PUT', '/api/v1/toys', 'POST, GET, HEAD'],
    ['OPTIONS', '/api/v1/toys', 'POST, GET, HEAD'],
    ['POST', '/api/v1/toys/7f7fdc6f-1f9a-4b68-a6a0-7c4ba7d22a5c', 'PATCH, GET, HEAD, DELETE'],
    ['DELETE', '/livez', 'GET, HEAD'],
  ])('accepts only its own methods: %s %s', async (method, path, allowed) => {
    const before = toys.calls.length;
    const answer = await send(method, path, undefined, { 'access-control-request-method': 'POST' });
    expect(answer.status).toBe(405);
    const methods = (answer.headers.get('allow') ?? '').split(', ').sort();
    expect(methods).toEqual(allowed.split(', ').sort());
    expect(toys.calls).toHaveLength(before);
  });

  it('that cannot be decoded is 404 for every method', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
      expect((await send(method, '/api/v1/toys/%zz')).status).toBe(404);
    }
  });
});

describe('a HEAD', () => {
  /** Status line, headers and everything after them, as they came. */
  const ask = async (method: string, path: string, more = '') => {
    const text = await talk(
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${more}\r\n`,
    );
    const end = text.indexOf('\r\n\r\n');
    const [status, ...lines] = text.slice(0, end).split('\r\n');
    const own = /^(?:x-request-id|date|content-length): /i;
    return { status, headers: lines.filter((line) => !own.test(line)).sort(), body: text.slice(end + 4) };
  };

  it.each([
    ['a list', '/api/v1/toys?limit=2', 200],
    ['one of them', '/api/v1/toys/7f7fdc6f-1f9a-4b68-a6a0-7c4ba7d22a5c', 200],
    ['what is open to anyone', '/.well-known/toys', 200],
    ['what is there no more', '/api/v1/gone', 503],
    ['what nobody knows', '/api/v1/toy', 404],
    ['what is asked for in a wrong way', '/api/v1/toys?limit=0', 422],
    ['what can not be decoded', '/api/v1/toys?text=%zz', 400],
  ])('is answered like a GET, without the body: %s', async (_, path, status) => {
    const header = `Authorization: ${authorization}\r\n`;
    const [got, head] = [await ask('GET', path, header), await ask('HEAD', path, header)];
    expect(got.status).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(got.body).not.toBe('');
    expect(head).toEqual({ ...got, body: '' });
  });

  it('is refused to callers to whom the GET is refused', async () => {
    const before = toys.calls.length;
    const head = await ask('HEAD', '/api/v1/toys');
    expect(head).toEqual({ ...(await ask('GET', '/api/v1/toys')), body: '' });
    expect(head.status).toMatch(/ 401 /);
    expect(toys.calls).toHaveLength(before);
  });
});

describe('an action that fails', () => {
  const fail = (how: string) => send('POST', '/api/v1/toys/fail', JSON.stringify({ how }));

  it('with an error of the catalogue is answered with it', async () => {
    const answer = await refused(fail('conflict'), 409, 'conflict');
    expect(answer.body.detail).toBe('It is taken');
  });

  it.each(['unknown', 'internal', 'duplicate'])('in an unexpected way reveals nothing: %s', async (how) => {
    const answer = await refused(fail(how), 500, 'internal_error');
    expect(JSON.stringify(answer.body)).not.toContain(SECRET);
    expect(Object.keys(answer.body).sort()).toEqual([
      'code',
      'detail',
      'help',
      'instance',
      'requestId',
      'retryable',
      'status',
      'title',
      'type',
    ]);
  });

  it.each(['database', 'killed', 'crowded', 'broker'])(
    'because a dependency is away is 503: %s',
    async (how) => {
      const answer = await refused(fail(how), 503, 'service_unavailable');
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(JSON.stringify(answer.body)).not.toContain(SECRET);
    },
  );
});

describe('data that are not HTTP', () => {
  it.each([
    ['nonsense', 'NONSENSE\r\n\r\n', 400, 'malformed_request'],
    ['no host', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed_request'],
    [
      'too many headers',
      `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [
      'two lengths of one body',
      'POST /api/v1/toys HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed_request',
    ],
  ])('are answered with a problem, too: %s', async (_, text, status, code) => {
    const answer = await talk(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/content-type: application\/problem\+json/i);
    expect(head).toMatch(/x-content-type-options: nosniff/i);
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });

  it.each([
    ['hosts', () => ['Host: a', 'Host: b']],
    ['hosts that are equal', () => ['Host: a', 'host: a']],
    [
      'tokens, the right one first',
      () => ['Host: a', `Authorization: ${authorization}`, 'Authorization: Bearer x'],
    ],
    [
      'tokens, the right one last',
      () => ['Host: a', 'Authorization: Bearer x', `AUTHORIZATION: ${authorization}`],
    ],
    ['tokens that are equal', () => Array(2).fill(`Authorization: ${authorization}`).concat('Host: a')],
    ['types of a body', () => ['Host: a', 'Content-Type: application/json', 'Content-Type: text/plain']],
  ] as [string, () => string[]][])('are answered with a problem, too: two %s', async (_, headers) => {
    const before = toys.calls.length;
    for (const line of [
      'GET /api/v1/toys',
      'POST /api/v1/toys/open',
      'GET /.well-known/toys',
      'HEAD /livez',
    ]) {
      const lines = [`${line} HTTP/1.1`, 'Connection: close', ...headers()];
      const answer = await talk(`${lines.join('\r\n')}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      if (!line.startsWith('HEAD')) expect(answer).toContain('"code":"malformed_request"');
    }
    expect(toys.calls).toHaveLength(before);
  });
});
