/** Signing in to other applications (AUTH-15), with a standard client library and a browser. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import type { Config } from '../../../config.ts';
import { Client, type Page, type User } from '../../../test/e2e/client.ts';
import { dropNamespace, testConfig } from '../../../test/harness/config.ts';
import { freePort } from '../../../test/harness/system.ts';
import { until } from '../../../test/harness/wait.ts';
import { type HttpNode, startHttpNode } from '../../../test/http-node.fixture.ts';
import type { AuditItem } from '../../audit/record.ts';
import { type Look, lookInto } from '../auth.fixture.ts';
import { CLEAN_UPS } from '../clean-up.handler.ts';
import type { Auth } from '../context.ts';
import { ADMIN_BEAK } from '../variables.fixture.ts';
import { Browser, type Shown } from './browser.fixture.ts';

const SECRET = 'a secret of the wiki that is long enough'.replaceAll(' ', '-');
const WIKI = {
  id: 'wiki',
  name: 'The <Wiki>',
  secret: SECRET,
  redirectUris: ['https://wiki.test/back', 'https://wiki.test/back?from=us'],
};
const APP = {
  id: 'app',
  name: 'App',
  secret: null,
  redirectUris: ['com.example.app:/back', 'http://127.0.0.1/back'],
};

let config: Config;
let issuer: string;
let node: HttpNode;
let admin: Client;
let look: Look;
let wiki: client.Configuration;
let app: client.Configuration;

beforeAll(async () => {
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  const oidcClients = [WIKI, APP];
  config = testConfig({ adminBeak: ADMIN_BEAK, port, publicUrl: issuer, oidcClients });
  node = await startHttpNode(config, ['gateway', 'auth', 'audit']);
  admin = node.admin;
  look = await lookInto(config);
  wiki = await discover(WIKI.id, SECRET);
  app = await discover(APP.id, undefined, client.None());
}, 60_000);

afterAll(async () => {
  await look?.end();
  await node?.stop();
  await dropNamespace(config);
});

/** The library also verifies the signature of each ID token. */
async function discover(id: string, secret?: string, authentication?: client.ClientAuth) {
  const options = { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] };
  return client.discovery(new URL(issuer), id, secret, authentication, options);
}

interface Person {
  readonly user: User;
  readonly beak: string;
}

let people = 0;
async function newcomer(): Promise<Person> {
  const login = `popug-${++people}`;
  const { user } = await admin.register(login, ['developer']);
  return { user, beak: login.repeat(3).padEnd(8, '-') };
}

/** A request for authorization, with what the application keeps to check the answer. */
async function requestOf(of = wiki, more: Record<string, string> = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const { id, redirectUris } = of === wiki ? WIKI : APP;
  const url = client.buildAuthorizationUrl(of, {
    redirect_uri: redirectUris[0] ?? '',
    scope: 'openid profile email unknown',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  });
  return { id, url, verifier, state, nonce };
}
type Requested = Awaited<ReturnType<typeof requestOf>>;

/** Signs a person in on our page. Returns where the browser is sent then. */
async function signIn(browser: Browser, { url }: Requested, { user, beak }: Person): Promise<URL> {
  const shown = await browser.open(url);
  expect(shown.status).toBe(200);
  const { status, location } = await browser.submit(url, shown, { login: user.login, beak });
  expect(status).toBe(303);
  return location ?? new URL('about:blank');
}

const redeem = (of: client.Configuration, callback: URL, { verifier, state, nonce }: Requested) =>
  client.authorizationCodeGrant(of, callback, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
  });
/** The error of a refusal, from the library. */
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: { error?: string; status?: number }) => error.error ?? error.status,
  );
const grants = () => look.rows('SELECT * FROM oidc_grant ORDER BY id');
const userinfo = (token: string, method = 'GET') =>
  fetch(`${issuer}/oidc/userinfo`, { method, headers: { authorization: `Bearer ${token}` } });
const errorIn = ({ location }: Shown) => location?.searchParams.get('error');

describe('a person who signs in to an application', () => {
  let pip: Person;
  let browser: Browser;

  beforeEach(async () => {
    [pip, browser] = [await newcomer(), new Browser()];
  });

  it.each([
    ['with a secret in the header', () => discover(WIKI.id, SECRET, client.ClientSecretBasic(SECRET))],
    ['with a secret in the form', () => discover(WIKI.id, SECRET, client.ClientSecretPost(SECRET))],
  ])('AUTH-15: is named to one %s by its ID token and by userinfo', async (_, configured) => {
    const request = await requestOf();
    const callback = await signIn(browser, request, pip);
    expect(callback.origin + callback.pathname).toBe('https://wiki.test/back');
    const configuration = await configured();
    const tokens = await redeem(configuration, callback, request);
    const { user } = pip;
    const claims = {
      name: user.name,
      preferred_username: user.login,
      email: user.email,
      email_verified: false,
    };
    expect(tokens.claims()).toMatchObject({
      iss: issuer,
      sub: user.id,
      aud: 'wiki',
      nonce: request.nonce,
      ...claims,
    });
    expect(tokens).toMatchObject({ scope: 'openid profile email', expires_in: 600 });
    const info = await client.fetchUserInfo(configuration, tokens.access_token, user.id);
    expect(info).toEqual({ sub: user.id, ...claims });
    const posted = await userinfo(tokens.access_token, 'POST');
    expect([posted.status, await posted.json()]).toEqual([200, info]);
  });

  it('AUTH-15: is named to a public client, which gets only the claims of its scopes', async () => {
    const request = await requestOf(app, { scope: 'openid' });
    const callback = await signIn(browser, request, pip);
    expect(callback.protocol).toBe('com.example.app:');
    const tokens = await redeem(app, callback, request);
    expect(tokens.claims()).not.toHaveProperty('email');
    expect(await client.fetchUserInfo(app, tokens.access_token, pip.user.id)).toEqual({ sub: pip.user.id });
  });

  it('AUTH-15: leaves a session in the log that names the application', async () => {
    await signIn(browser, await requestOf(), pip);
    const path = `/audit?type=auth.session.opened.v1&actor=${pip.user.id}`;
    const items = await until(async () => {
      const { items: found } = await admin.expect<Page<AuditItem>>(200, 'GET', path);
      return found.length === 2 && found;
    });
    const clients = items.map(({ data }) => (data as { client: string | null }).client);
    expect(clients.sort()).toEqual([null, 'wiki'].sort());
  });

  it('AUTH-15: leaves each access that it gives in the log, also without a page, but no code', async () => {
    const callbacks = [await signIn(browser, await requestOf(), pip)];
    const { location } = await browser.open((await requestOf(app, { scope: 'openid' })).url);
    if (location !== null) callbacks.push(location);
    const path = `/audit?type=auth.oidc-grant.given.v1&actor=${pip.user.id}`;
    const items = await until(async () => {
      const { items: found } = await admin.expect<Page<AuditItem>>(200, 'GET', path);
      return found.length === 2 && found;
    });
    const ofWiki = { client: 'wiki', scopes: ['openid', 'profile', 'email'] };
    const data = items.map((item) => item.data);
    expect(data).toEqual([
      expect.objectContaining({ userId: pip.user.id, client: 'app', scopes: ['openid'] }),
      expect.objectContaining({ userId: pip.user.id, ...ofWiki }),
    ]);
    expect(items.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.1']);
    for (const each of callbacks) {
      expect(JSON.stringify(items)).not.toContain(each.searchParams.get('code') ?? '');
    }
  });

  it('is signed in to the next application without a page, until the session ends', async () => {
    await signIn(browser, await requestOf(), pip);
    const next = await requestOf(app, { prompt: 'none' });
    const { location } = await browser.open(next.url);
    const tokens = await redeem(app, location ?? next.url, next);
    expect(tokens.claims()).toMatchObject({ sub: pip.user.id, aud: 'app' });
    const [cookie = ''] = browser.cookies.values();
    await admin.expect(204, 'POST', '/auth/logout', { refreshToken: cookie });
    expect(errorIn(await browser.open((await requestOf(app, { prompt: 'none' })).url))).toBe(
      'login_required',
    );
    expect((await browser.open((await requestOf()).url)).status).toBe(200);
    expect((await userinfo(tokens.access_token)).status).toBe(401);
  });

  it('signs in again where the application wants that, or wants it recent', async () => {
    await signIn(browser, await requestOf(), pip);
    for (const more of [{ prompt: 'login' }, { prompt: 'select_account' }]) {
      expect((await browser.open((await requestOf(wiki, more)).url)).status).toBe(200);
    }
    expect((await browser.open((await requestOf(wiki, { max_age: '600' })).url)).status).toBe(303);
    await look.rows(
      `UPDATE session SET opened_at = opened_at - interval '1 hour' WHERE user_id = '${pip.user.id}'`,
    );
    expect((await browser.open((await requestOf(wiki, { max_age: '600' })).url)).status).toBe(200);
    const none = await requestOf(wiki, { max_age: '600', prompt: 'none' });
    expect(errorIn(await browser.open(none.url))).toBe('login_required');
  });

  it('AUTH-12: gets no code with a beak that an admin wants changed, neither by a session nor on the page', async () => {
    await signIn(browser, await requestOf(), pip);
    await admin.expect(200, 'PATCH', `/users/${pip.user.id}`, { mustChangeBeak: true });
    const before = await grants();
    const none = await requestOf(wiki, { prompt: 'none' });
    expect(errorIn(await browser.open(none.url))).toBe('login_required');
    const { url } = await requestOf();
    const shown = await browser.open(url);
    expect([shown.status, shown.location]).toEqual([200, null]);
    const { login } = pip.user;
    const wrong = await browser.submit(url, shown, { login, beak: 'wrong beak' });
    expect(wrong.status).toBe(401);
    const refused = await browser.submit(url, shown, { login, beak: pip.beak });
    expect([refused.status, refused.location]).toEqual([403, null]);
    expect(refused.html).toContain('You must choose a new beak first');
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect(await grants()).toEqual(before);
  });

  it('AUTH-15: is verified by the key that signs then, also when keys are revoked in between', async () => {
    const request = await requestOf();
    const callback = await signIn(browser, request, pip);
    const by = 'operator:polly@the-tree';
    await node.broker.call('auth.operator.keys.rotate', { revoke: true, by });
    const tokens = await redeem(await discover(WIKI.id, SECRET), callback, request);
    expect(tokens.claims()?.sub).toBe(pip.user.id);
    admin = await new Client(node.api).signIn(config.adminLogin, ADMIN_BEAK);
  });

  it('AUTH-15: gives the application a token that the API refuses, and the other way round', async () => {
    const request = await requestOf();
    const tokens = await redeem(wiki, await signIn(browser, request, pip), request);
    for (const token of [tokens.access_token, tokens.id_token ?? '']) {
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${node.api}/auth/me`, { headers })).status).toBe(401);
    }
    const refused = await userinfo(admin.token ?? '');
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('error="invalid_token"'),
    ]);
    expect((await userinfo(admin.token ?? '', 'POST')).status).toBe(401);
    for (const method of ['GET', 'POST']) {
      expect((await fetch(`${issuer}/oidc/userinfo`, { method })).status).toBe(401);
    }
  });

  it('AUTH-15: has no more access once deactivated: no sign-in, no code, no token, no userinfo', async () => {
    const [first, second] = [await requestOf(), await requestOf()];
    const tokens = await redeem(wiki, await signIn(browser, first, pip), first);
    const { location } = await browser.open(second.url);
    await admin.expect(200, 'PATCH', `/users/${pip.user.id}`, { active: false });
    expect(await refusal(redeem(wiki, location ?? second.url, second))).toBe('invalid_grant');
    expect((await userinfo(tokens.access_token)).status).toBe(401);
    const before = await grants();
    const shown = await browser.open((await requestOf()).url);
    expect(shown.status).toBe(200);
    const again = await browser.submit(first.url, shown, { login: pip.user.login, beak: pip.beak });
    expect([again.status, again.location]).toEqual([401, null]);
    expect(await grants()).toEqual(before);
  });
});

describe('a code', () => {
  let request: Requested;
  let callback: URL;

  beforeEach(async () => {
    request = await requestOf();
    callback = await signIn(new Browser(), request, await newcomer());
  });

  const post = (fields: Record<string, string>, authorization?: string) =>
    fetch(`${issuer}/oidc/token`, {
      method: 'POST',
      headers: authorization === undefined ? {} : { authorization },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: WIKI.redirectUris[0] ?? '',
        code_verifier: request.verifier,
        ...fields,
      }),
    });
  const own = { client_id: WIKI.id, client_secret: SECRET };
  const outcomeOf = async (response: Response) => {
    const { error = 'accepted' } = (await response.json()) as { error?: string };
    return `${response.status} ${error}`;
  };

  it.each([
    ['another verifier', { ...own, code_verifier: 'x'.repeat(43) }, '400 invalid_grant'],
    ['no verifier', { ...own, code_verifier: '' }, '400 invalid_grant'],
    ['another redirect', { ...own, redirect_uri: 'https://wiki.test/back?from=us' }, '400 invalid_grant'],
    ['no redirect', { ...own, redirect_uri: '' }, '400 invalid_grant'],
    ['another client', { client_id: APP.id }, '400 invalid_grant'],
    ['an unknown client', { client_id: 'nobody' }, '401 invalid_client'],
    ['a wrong secret', { ...own, client_secret: `${SECRET}x` }, '401 invalid_client'],
    ['no secret', { client_id: WIKI.id }, '401 invalid_client'],
    ['a secret of a public client', { client_id: APP.id, client_secret: SECRET }, '401 invalid_client'],
    ['another code', { ...own, code: 'nonsense' }, '400 invalid_grant'],
    ['no code', { ...own, code: '' }, '400 invalid_request'],
    ['another grant type', { ...own, grant_type: 'password' }, '400 unsupported_grant_type'],
  ])('AUTH-15: is refused with %s, and changes nothing', async (_, fields, expected) => {
    const before = await grants();
    expect(await outcomeOf(await post(fields))).toBe(expected);
    expect(await grants()).toEqual(before);
    expect(await outcomeOf(await post(own))).toBe('200 accepted');
  });

  it('is refused with two ways of authentication, or with a malformed one', async () => {
    const basic = `Basic ${Buffer.from(`${WIKI.id}:${SECRET}`).toString('base64')}`;
    expect(await outcomeOf(await post(own, basic))).toBe('400 invalid_request');
    expect(await outcomeOf(await post({ client_id: APP.id }, basic))).toBe('400 invalid_request');
    for (const header of [
      'Basic',
      'Basic ?',
      'Bearer x',
      `Basic ${Buffer.from('wiki').toString('base64')}`,
    ]) {
      expect(await outcomeOf(await post({}, header))).toBe('400 invalid_request');
    }
    expect(await outcomeOf(await post({}, basic))).toBe('200 accepted');
  });

  it('AUTH-15: is refused after a minute', async () => {
    await look.rows(`UPDATE oidc_grant SET code_expires_at = code_expires_at - interval '60 seconds'`);
    expect(await outcomeOf(await post(own))).toBe('400 invalid_grant');
  });

  it('AUTH-15: is refused the second time, which revokes the token of the first', async () => {
    const { access_token: token } = (await (await post(own)).json()) as { access_token: string };
    expect((await userinfo(token)).status).toBe(200);
    // Somebody else's attempt is no reuse.
    expect(await outcomeOf(await post({ client_id: APP.id }))).toBe('400 invalid_grant');
    expect((await userinfo(token)).status).toBe(200);
    expect(await outcomeOf(await post(own))).toBe('400 invalid_grant');
    expect((await userinfo(token)).status).toBe(401);
  });

  it('AUTH-15: gives one token to two requests at the same moment', async () => {
    const outcomes = await Promise.all([post(own), post(own)].map(async (sent) => outcomeOf(await sent)));
    expect(outcomes.sort()).toEqual(['200 accepted', '400 invalid_grant']);
  });

  it('AUTH-15: is noticed as reused for an hour, and deleted then', async () => {
    const { access_token: token } = (await (await post(own)).json()) as { access_token: string };
    const { auth } = node.broker.getLocalService('auth') as unknown as { auth: Auth };
    const age = (minutes: number) =>
      look.rows(`UPDATE oidc_grant SET created_at = now() - $1 * interval '1 minute'`, [minutes]);
    await age(59);
    const before = await grants();
    expect(await CLEAN_UPS.grants(auth.database)).toBe(0);
    expect(await grants()).toEqual(before);
    await age(61);
    await CLEAN_UPS.grants(auth.database);
    expect(await grants()).toEqual([]);
    expect((await userinfo(token)).status).toBe(401);
    expect(await outcomeOf(await post(own))).toBe('400 invalid_grant');
  });

  it('is stored as a hash, and so is its token', async () => {
    const { access_token: token } = (await (await post(own)).json()) as { access_token: string };
    const stored = JSON.stringify(await look.rows('SELECT oidc_grant::text FROM oidc_grant'));
    for (const each of [token, callback.searchParams.get('code') ?? '']) {
      expect(each).toHaveLength(43);
      expect(stored).not.toContain(each);
      expect(stored).not.toContain(Buffer.from(each).toString('hex'));
    }
  });
});

describe('a request for authorization', () => {
  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['an address that only begins alike', { redirect_uri: 'https://wiki.test/back?from=us&to=them' }],
    ["another client's address", { redirect_uri: 'com.example.app:/back' }],
    ['an address in another case', { redirect_uri: 'https://wiki.test/BACK?from=us' }],
    ['a foreign address', { redirect_uri: 'https://evil.test/' }],
  ])('AUTH-15: with %s is a page, and leads nowhere', async (_, more) => {
    const shown = await new Browser().open((await requestOf(wiki, more)).url);
    expect([shown.status, shown.location]).toEqual([400, null]);
    expect(shown.html).not.toMatch(/evil|<form/);
  });

  it.each([
    ['unsupported_response_type', { response_type: 'token' }],
    ['invalid_request', { response_type: '' }],
    ['invalid_request', { code_challenge: '' }],
    ['invalid_request', { code_challenge: 'short' }],
    ['invalid_request', { code_challenge_method: 'plain' }],
    ['invalid_request', { code_challenge_method: '' }],
    ['invalid_request', { prompt: 'none login' }],
    ['invalid_request', { prompt: 'whatever' }],
    ['invalid_request', { max_age: '-1' }],
    ['invalid_request', { response_mode: 'fragment' }],
    ['invalid_request', { nonce: 'a\u0000b' }],
    ['invalid_scope', { scope: 'profile' }],
    ['request_not_supported', { request: 'x' }],
    ['request_uri_not_supported', { request_uri: 'https://evil.test/' }],
    ['login_required', { prompt: 'none' }],
  ])('gets the error %s back for %j, with its state', async (error, more) => {
    const request = await requestOf(wiki, { redirect_uri: WIKI.redirectUris[1] ?? '', ...more });
    const before = await grants();
    const { status, location } = await new Browser().open(request.url);
    expect([status, location?.origin]).toEqual([303, 'https://wiki.test']);
    expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({
      from: 'us',
      error,
      state: request.state,
      iss: issuer,
    });
    expect(await grants()).toEqual(before);
  });

  it('with a repeated param is refused as malformed', async () => {
    const { url } = await requestOf();
    const shown = await new Browser().open(`${url.href}&client_id=app`);
    expect([shown.status, shown.location]).toEqual([400, null]);
  });
});

describe('the sign-in page', () => {
  it('has no scripts, is styled and sent only as its policy says, and repeats nothing as markup', async () => {
    const hostile = '"><script>alert(1)</script>';
    const request = await requestOf(wiki, { state: hostile, login_hint: hostile });
    const { html, headers } = await new Browser().open(request.url);
    expect(html).not.toContain('<script');
    expect(html).toContain('The &lt;Wiki&gt;');
    const policy = headers.get('content-security-policy');
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/wiki\.test; /,
    );
    expect(policy).toMatch(/frame-ancestors 'none'$/);
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['ru', { ui_locales: 'ru-RU en' }, {}, 'Вход'],
    ['ru', {}, { 'accept-language': 'fr, ru;q=0.9' }, 'Вход'],
    ['en', {}, {}, 'Sign in'],
  ])('is in %s for %j and %j', async (language, more, headers, title) => {
    const { html } = await new Browser().open((await requestOf(wiki, more)).url, headers);
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toContain(`<h1>${title}</h1>`);
  });

  it('works with a password manager, and keeps the login after a wrong beak', async () => {
    const { user } = await newcomer();
    const [browser, { url }] = [new Browser(), await requestOf()];
    const shown = await browser.open(url);
    expect(shown.html).toContain('autocomplete="username"');
    expect(shown.html).toContain('autocomplete="current-password"');
    const again = await browser.submit(url, shown, { login: user.login, beak: 'wrong beak' });
    expect([again.status, again.location, browser.cookies.size]).toEqual([401, null, 0]);
    expect(again.html).toContain('role="alert"');
    expect(again.html).toContain(`value="${user.login}"`);
    expect(again.html).not.toContain('wrong beak');
  });

  it('AUTH-1, AUTH-15: counts guesses together with those at the API, and blocks further ones', async () => {
    const { user, beak } = await newcomer();
    const [browser, { url }] = [new Browser(), await requestOf()];
    const shown = await browser.open(url);
    for (let times = 0; times < 10; times++) {
      await browser.submit(url, shown, { login: user.login, beak: `wrong ${times}` });
    }
    const blocked = await browser.submit(url, shown, { login: user.login, beak });
    expect([blocked.status, blocked.location]).toEqual([429, null]);
    const answer = await admin.request('POST', '/auth/login', { login: user.login, beak });
    expect(answer.status).toBe(429);
  });

  it.each([
    ['a foreign origin', { origin: 'https://evil.test' }, 403],
    ['no origin that it wants to name', { origin: 'null' }, 403],
    ['a site that the browser calls foreign', { 'sec-fetch-site': 'cross-site' }, 400],
  ])('AUTH-15: takes no form of %s', async (_, headers, status) => {
    const pip = await newcomer();
    const [browser, { url }] = [new Browser(), await requestOf()];
    const shown = await browser.open(url);
    const before = await grants();
    const fields = { login: pip.user.login, beak: pip.beak };
    const refused = await browser.submit(url, shown, fields, headers);
    expect([refused.status, refused.location, browser.cookies.size]).toEqual([status, null, 0]);
    expect(await grants()).toEqual(before);
  });

  it('keeps people signed in by a cookie that scripts and other sites cannot use', async () => {
    const pip = await newcomer();
    const [browser, { url }] = [new Browser(), await requestOf()];
    const { headers } = await browser.submit(url, await browser.open(url), {
      login: pip.user.login,
      beak: pip.beak,
    });
    expect(headers.get('set-cookie')).toMatch(
      /^sign-in=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/,
    );
  });
});
