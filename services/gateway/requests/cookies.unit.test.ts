import { describe, expect, it } from '@jest/globals';
import type { Problem } from '#schemas/errors.ts';
import { Cookies } from './cookies.ts';
import type { Route } from './routes.ts';

const COOKIE = { name: 'refresh', field: 'token', path: '/auth', seconds: 60 };
const cookies = new Cookies({ namespace: 'toy', trustedProxies: [], publicUrl: 'https://toy.example' });
const route = (formNames: string[]) =>
  ({ contract: { cookie: COOKIE }, formNames: new Set(formNames) }) as unknown as Route;
const refresh = route(['token']);
const login = route(['cookie']);

const asked = (headers: Record<string, string> = {}, host = 'localhost:3000') => ({
  headers: { host, ...headers },
  socket: { remoteAddress: '127.0.0.1' },
});
const OURS = { 'x-requested-with': 'web', 'sec-fetch-site': 'same-origin' };
const WITH = { cookie: 'other=1; toy_refresh=secret' };

function refusal(read: () => unknown): string | undefined {
  try {
    read();
  } catch (error) {
    return (error as Problem).type;
  }
  return undefined;
}

describe('a request of our own page', () => {
  it.each([OURS, { 'x-requested-with': 'web', origin: 'http://localhost:3000' }])(
    'has the secret of its cookie: %j',
    (headers) => {
      expect(cookies.read(refresh, asked({ ...WITH, ...headers }), {})).toEqual({
        form: { token: 'secret' },
        isByCookie: true,
      });
      expect(cookies.read(login, asked(headers), { cookie: true }).isByCookie).toBe(true);
    },
  );

  it('is not signed in without a cookie, or with two of the name', () => {
    for (const cookie of ['', 'toy_refresh=', 'ates_refresh=x', 'toy_refresh=a; toy_refresh=b']) {
      expect(refusal(() => cookies.read(refresh, asked({ ...OURS, cookie }), {}))).toBe('unauthenticated');
    }
  });
});

describe('another request', () => {
  it.each([
    {},
    { 'x-requested-with': 'web' },
    { 'sec-fetch-site': 'same-origin' },
    { 'x-requested-with': 'XMLHttpRequest', 'sec-fetch-site': 'same-origin' },
    { 'x-requested-with': 'web', 'sec-fetch-site': 'same-site' },
    { 'x-requested-with': 'web', 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'x-requested-with': 'web', origin: 'https://localhost:3000' },
    { 'x-requested-with': 'web', origin: 'null' },
  ])('may not use the cookie: %j', (headers) => {
    expect(refusal(() => cookies.read(refresh, asked({ ...WITH, ...headers }), {}))).toBe(
      'origin_not_allowed',
    );
    expect(refusal(() => cookies.read(login, asked(headers), { cookie: true }))).toBe('origin_not_allowed');
  });

  it('with the secret in its body ignores cookies', () => {
    const form = { token: 'mine' };
    expect(cookies.read(refresh, asked(WITH), form)).toEqual({ form, isByCookie: false });
    expect(cookies.read(login, asked(WITH), { cookie: false }).isByCookie).toBe(false);
  });

  it('of a route without a cookie ignores cookies', () => {
    const other = { contract: {}, formNames: new Set() } as unknown as Route;
    expect(cookies.read(other, asked({ ...OURS, ...WITH }), {})).toEqual({ form: {}, isByCookie: false });
  });
});

describe('an answer', () => {
  it('has its secret in the cookie only', () => {
    expect(cookies.write(COOKIE, asked(), { token: 'secret', life: 5 })).toEqual({
      header: 'toy_refresh=secret; Path=/api/v1/auth; Max-Age=60; HttpOnly; SameSite=Strict',
      result: { life: 5 },
    });
  });

  it('sets the cookie for https only, where it is called by https', () => {
    const { header } = cookies.write(COOKIE, asked({}, 'toy.example'), { token: 'secret' });
    expect(header).toMatch(/; Secure$/);
  });

  it('without a secret ends the cookie', () => {
    expect(cookies.write(COOKIE, asked(), null)).toEqual({
      header: 'toy_refresh=; Path=/api/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict',
      result: null,
    });
  });
});
