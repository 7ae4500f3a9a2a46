/** AUTH-16 over HTTP: pages keep the refresh token in a cookie, and nobody else uses it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../config.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { type HttpNode, startHttpNode } from './http-node.fixture.ts';

let config: Config;
let node: HttpNode;

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK });
  node = await startHttpNode(config, ['gateway', 'auth']);
}, 60_000);

afterAll(async () => {
  await node?.stop();
  await dropNamespace(config);
});

/** What browsers send with requests of our own pages. */
const PAGE = { 'x-requested-with': 'web', 'sec-fetch-site': 'same-origin' };

async function post(path: string, body: object | null, headers: Record<string, string> = {}) {
  const response = await fetch(`${node.api}${path}`, {
    method: 'POST',
    headers: { ...(body === null ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const [cookie = null] = response.headers.getSetCookie();
  return {
    status: response.status,
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    setCookie: cookie,
    /** As the browser sends it back. */
    cookie: cookie?.split(';')[0] ?? '',
  };
}
const credentials = () => ({ login: config.adminLogin, beak: ADMIN_BEAK });
const signIn = () => post('/auth/login', { ...credentials(), cookie: true }, PAGE);

describe('a page', () => {
  it('AUTH-16: signs in and refreshes with a cookie that no script can read, and signs out', async () => {
    const signedIn = await signIn();
    expect(signedIn.status).toBe(200);
    expect(Object.keys(signedIn.body).toSorted()).toEqual(['accessToken', 'expiresIn', 'tokenType']);
    expect(signedIn.setCookie).toMatch(
      /^[\w-]+_refresh=[\w-]{43}; Path=\/api\/v1\/auth; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    );

    const refreshed = await post('/auth/refresh', null, { ...PAGE, cookie: signedIn.cookie });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body).not.toHaveProperty('refreshToken');
    expect(refreshed.cookie).not.toBe(signedIn.cookie);
    // Two tabs at the same time go on with one cookie.
    const tabs = await Promise.all(
      [0, 1].map(() => post('/auth/refresh', null, { ...PAGE, cookie: refreshed.cookie })),
    );
    expect(tabs.map(({ status }) => status)).toEqual([200, 200]);
    expect(tabs[0]?.cookie).toBe(tabs[1]?.cookie);

    const cookie = tabs[0]?.cookie ?? '';
    const signedOut = await post('/auth/logout', null, { ...PAGE, cookie });
    expect(signedOut.status).toBe(204);
    expect(signedOut.setCookie).toContain('Max-Age=0');
    expect((await post('/auth/refresh', null, { ...PAGE, cookie })).body).toMatchObject({
      code: 'invalid_token',
    });
  });

  it('AUTH-16: without a cookie is not signed in', async () => {
    for (const path of ['/auth/refresh', '/auth/logout']) {
      expect(await post(path, null, PAGE)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    }
  });
});

describe('a page of another origin', () => {
  it.each([
    {},
    { 'x-requested-with': 'web' },
    { 'sec-fetch-site': 'same-origin' },
    { 'x-requested-with': 'web', 'sec-fetch-site': 'cross-site' },
  ])('AUTH-16: can not use the cookie: %j', async (headers) => {
    const { cookie } = await signIn();
    for (const path of ['/auth/refresh', '/auth/logout']) {
      const refused = await post(path, null, { ...headers, cookie });
      expect(refused).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' }, setCookie: null });
    }
    const asked = await post('/auth/login', { ...credentials(), cookie: true }, headers);
    expect(asked).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' }, setCookie: null });
    // The session goes on, and its cookie is still the newest.
    expect((await post('/auth/refresh', null, { ...PAGE, cookie })).status).toBe(200);
  });
});

describe('another client', () => {
  it('AUTH-16: gets and sends its refresh token in the body, and no cookie', async () => {
    const { body, setCookie } = await post('/auth/login', credentials());
    expect(setCookie).toBeNull();
    const { refreshToken } = body;
    const refreshed = await post('/auth/refresh', { refreshToken }, { cookie: 'any=1' });
    expect(refreshed).toMatchObject({
      status: 200,
      body: { refreshToken: expect.any(String) },
      setCookie: null,
    });
  });

  it('AUTH-16: is not signed in by the cookie on any other route', async () => {
    const { cookie } = await signIn();
    for (const path of ['/auth/me', '/users', '/auth/sessions']) {
      const response = await fetch(`${node.api}${path}`, { headers: { ...PAGE, cookie } });
      expect(response.status).toBe(401);
    }
  });
});
