/** Access to every route for every kind of caller, and the order of refusals. */
import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { createTestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { platformOf } from '#mixins/platform.ts';
import type { ActionContract } from '#schemas/action.ts';
import { startToyGateway, TOYS, type ToyGateway } from './gateway.fixture.ts';
import { until } from './harness/wait.ts';

let toys: ToyGateway;

beforeAll(async () => {
  toys = await startToyGateway();
});

afterAll(async () => {
  await toys.stop();
});

const ID = randomUUID();

/**
 * A valid call of each route, and the answer to a permitted caller. A route without a row fails the
 * test.
 */
const ROWS: Readonly<Record<string, { path: string; body?: object; ok: number }>> = {
  'toy.create': { path: '/api/v1/toys', body: { name: 'robot' }, ok: 201 },
  'toy.list': { path: '/api/v1/toys?limit=2', ok: 200 },
  'toy.get': { path: `/api/v1/toys/${ID}`, ok: 200 },
  'toy.change': { path: `/api/v1/toys/${ID}`, body: { name: 'x' }, ok: 200 },
  'toy.remove': { path: `/api/v1/toys/${ID}`, ok: 204 },
  'toy.look': { path: '/.well-known/toys', ok: 200 },
  'toy.open': { path: '/api/v1/toys/open', ok: 200 },
  'toy.fail': { path: '/api/v1/toys/fail', body: { how: 'conflict' }, ok: 409 },
  'toy.wait': { path: '/api/v1/toys/wait', ok: 200 },
  'gone.away': { path: '/api/v1/gone', ok: 503 },
};

interface Problem {
  code: string;
  requestId: string;
  errors?: { field: string; code: string }[];
}

async function call(contract: ActionContract, authorization?: string) {
  const row = ROWS[contract.action];
  if (row === undefined) throw new Error(`${contract.action} has no row`);
  return send(contract.route.split(' ')[0] ?? '', row.path, {
    ...(authorization === undefined ? {} : { authorization }),
    ...(row.body === undefined ? {} : { body: JSON.stringify(row.body) }),
  });
}

interface Sent {
  readonly authorization?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

async function send(method: string, path: string, { authorization, body, headers }: Sent = {}) {
  const response = await fetch(`${toys.root}${path}`, {
    method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? {} : JSON.parse(text)) as Problem,
  };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Each way to have no valid token, and its error code. */
const IMPOSTORS: Readonly<
  Record<string, { code: string; authorization: () => Promise<string | undefined> }>
> = {
  'nobody at all': { code: 'unauthenticated', authorization: async () => undefined },
  'an empty token': { code: 'unauthenticated', authorization: async () => 'Bearer ' },
  'another scheme': { code: 'unauthenticated', authorization: async () => 'Basic YWRtaW46YWRtaW4=' },
  garbage: { code: 'invalid_token', authorization: async () => 'Bearer garbage' },
  'an opaque refresh token': {
    code: 'invalid_token',
    authorization: async () => `Bearer ${randomUUID()}${randomUUID()}`,
  },
  'an expired token': {
    code: 'token_expired',
    authorization: async () =>
      `Bearer ${await toys.issuer.token({ roles: ['admin'] }, Date.now() - 3_600_000)}`,
  },
  'a token without a signature (alg none)': {
    code: 'invalid_token',
    authorization: async () => {
      const [, claims] = (await toys.issuer.token({ roles: ['admin'] })).split('.');
      return `Bearer ${encode({ alg: 'none', typ: 'at+jwt', kid: toys.issuer.key.kid })}.${claims}.`;
    },
  },
  'a token signed with the public key as a secret (HS256)': {
    code: 'invalid_token',
    authorization: async () => {
      const [, claims] = (await toys.issuer.token({ roles: ['admin'] })).split('.');
      const head = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: toys.issuer.key.kid })}.${claims}`;
      const secret = JSON.stringify(toys.issuer.publicJwk);
      return `Bearer ${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
    },
  },
  'a token of a foreign key': {
    code: 'invalid_token',
    authorization: async () => {
      const foreign = await createTestIssuer(toys.config.namespace);
      return `Bearer ${await foreign.token({ roles: ['admin'] })}`;
    },
  },
  'a token of a foreign key under our key id': {
    code: 'invalid_token',
    authorization: async () => {
      const foreign = await createTestIssuer(toys.config.namespace, toys.issuer.key.kid);
      return `Bearer ${await foreign.token({ roles: ['admin'] })}`;
    },
  },
  'a token for another system': {
    code: 'invalid_token',
    authorization: async () => {
      const token = await new SignJWT({ sid: 's', ver: 1, login: 'a', name: 'A', roles: ['admin'] })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: toys.issuer.key.kid })
        .setSubject(ID)
        .setIssuer(toys.config.namespace)
        .setAudience('another')
        .setJti(ID)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(toys.issuer.key.privateKey);
      return `Bearer ${token}`;
    },
  },
  'a token of a revoked session': {
    code: 'token_stale',
    authorization: async () => {
      const sessionId = randomUUID();
      const token = await toys.issuer.token({ roles: ['admin'], sessionId });
      await (await platformOf(toys.node.broker).bus.bucket('identity')).put(
        `session.${sessionId}`,
        '{"revoked":true}',
      );
      await until(() =>
        platformOf(toys.node.broker)
          .identity.verify(token)
          .then(
            () => false as const,
            () => true,
          ),
      );
      return `Bearer ${token}`;
    },
  },
};

const signedIn = async (...roles: string[]) => `Bearer ${await toys.issuer.token({ roles })}`;

describe.each(Object.values(TOYS).map((contract) => [contract.action, contract as ActionContract] as const))(
  'the route of %s',
  (action, contract) => {
    const { access } = contract;

    it.each(Object.entries(IMPOSTORS))(
      `is ${access === 'anyone' ? 'open' : 'closed'} to %s`,
      async (_, impostor) => {
        const { code, authorization } = impostor;
        if (access === 'anyone') toys.release();
        const before = toys.calls.length;
        const answer = await call(contract, await authorization());
        if (access === 'anyone') {
          expect(answer.status).toBe(ROWS[action]?.ok);
          return;
        }
        expect(answer).toMatchObject({ status: 401, body: { code } });
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="ates"/);
        expect(toys.calls).toHaveLength(before);
      },
    );

    it('refuses callers without the role, and no others', async () => {
      const before = toys.calls.length;
      const answer = await call(contract, await signedIn('boss', 'developer'));
      if (typeof access === 'string') {
        expect(answer.status).toBe(ROWS[action]?.ok);
        return;
      }
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(toys.calls).toHaveLength(before);
      for (const role of access)
        expect((await call(contract, await signedIn(role))).status).toBe(ROWS[action]?.ok);
    });
  },
);

describe('a request that is wrong in several ways', () => {
  const nothingWas = async (answer: { status: number; body: Problem }, status: number, code: string) => {
    expect(answer).toMatchObject({ status, body: { code } });
    expect(toys.calls.filter(({ action }) => action === 'toy.change')).toHaveLength(changes);
  };
  let changes = 0;
  beforeAll(() => {
    changes = toys.calls.filter(({ action }) => action === 'toy.change').length;
  });

  it('is first refused for its missing token, then for the role, then for its form', async () => {
    const worst = { body: '{"nam', headers: { 'idempotency-key': 'x' } };
    const path = '/api/v1/toys/no-id?x=1';
    await nothingWas(await send('PATCH', path, worst), 401, 'unauthenticated');
    await nothingWas(
      await send('PATCH', path, { ...worst, authorization: await signedIn('developer') }),
      403,
      'forbidden',
    );
    const authorization = await signedIn('admin');
    await nothingWas(
      await send('PATCH', '/api/v1/toys/no-id', { authorization, body: '{"nam' }),
      400,
      'malformed_body',
    );
    await nothingWas(
      await send('PATCH', '/api/v1/toys/no-id', { authorization, body: '{}' }),
      404,
      'not_found',
    );
    await nothingWas(
      await send('PATCH', `/api/v1/toys/${ID}`, { authorization, body: '{"nam":1}' }),
      422,
      'validation_failed',
    );
  });

  it('is refused for its form, even if its service is away', async () => {
    const authorization = await signedIn('developer');
    expect((await send('GET', '/api/v1/gone?x=1', { authorization })).status).toBe(422);
    const away = await send('GET', '/api/v1/gone', { authorization });
    expect(away).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
    expect(away.headers.get('retry-after')).toBe('1');
  });
});

describe('a call that reached its action', () => {
  it('carries the token, address, ids and nothing else', async () => {
    const authorization = await signedIn('developer');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await send('POST', '/api/v1/toys', {
      authorization,
      body: '{"name":" robot "}',
      headers: {
        'x-request-id': 'request-0001',
        traceparent,
        'idempotency-key': 'k1',
        accept: 'application/json',
      },
    });
    expect(answer).toMatchObject({ status: 201, body: { params: { name: 'robot' } } });
    expect(answer.headers.get('x-request-id')).toBe('request-0001');
    expect(answer.headers.get('location')).toBe('/api/v1/toys/developer');
    expect(toys.calls.at(-1)?.meta).toEqual({
      token: authorization.slice('Bearer '.length),
      address: '127.0.0.1',
      requestId: 'request-0001',
      traceparent,
      accept: 'application/json',
      userAgent: 'node',
      idempotencyKey: 'k1',
    });
  });

  it('answers 204 without a body', async () => {
    const answer = await send('DELETE', `/api/v1/toys/${ID}`, { authorization: await signedIn('admin') });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('content-type')).toBeNull();
  });
});
