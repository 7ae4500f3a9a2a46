import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from '#mixins/lists.ts';
import type { Config } from '../../../config.ts';
import { dropNamespace, testConfig } from '../../../test/harness/config.ts';
import {
  ADMIN_BEAK,
  type AuthNode,
  BEAK,
  type Look,
  lookInto,
  register,
  startAuth,
} from '../auth.fixture.ts';
import type { Tokens } from '../context.ts';
import type { UserView } from './user.ts';

const NEXT = 'a feather and a claw';

let config: Config;
let node: AuthNode;
let look: Look;
/** The access token of the first admin. */
let token: string;

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK });
  node = await startAuth(config);
  look = await lookInto(config);
  token = (await node.signIn()).accessToken;
});

afterAll(async () => {
  await look?.end();
  await node?.stop();
  await dropNamespace(config);
});

async function newcomer(): Promise<{ user: UserView; tokens: Tokens; token: string }> {
  const user = await register(node, token);
  const tokens = await node.signIn(user.login, BEAK);
  return { user, tokens, token: tokens.accessToken };
}

/** Expects a refusal with this code that changes nothing. */
async function expectRefused(action: string, params: object, code: string | RegExp, as: string) {
  const before = await look.state();
  expect(await node.refusal(action, params, { token: as })).toMatch(code);
  expect(await look.state()).toEqual(before);
}

describe('one’s own account', () => {
  it('AUTH-9: gets another name, e-mail and locale, with an event, and its tokens stay valid', async () => {
    const { user, ...me } = await newcomer();
    const wanted = { name: 'Dolly', email: 'dolly@popug.test', locale: 'ru' };
    const changed = await node.call<UserView>('auth.changeMe', wanted, { token: me.token });
    expect(changed).toEqual({ ...user, ...wanted, lastSignInAt: expect.any(String) });
    expect(await node.call('auth.me', {}, { token: me.token })).toEqual(changed);
    expect(await look.events(`user/${user.id}`)).toEqual([
      { type: 'auth.user.registered.v1', sequence: 1 },
      { type: 'auth.user.changed.v1', sequence: 2 },
    ]);
    const [event] = await look.rows('SELECT actor_id FROM outbox WHERE aggregate = $1 AND sequence = 2', [
      `user/${user.id}`,
    ]);
    expect(event).toEqual({ actor_id: user.id });
  });

  it.each([
    ['no field', {}, 'validation_failed'],
    ['roles', { roles: ['admin'] }, 'VALIDATION_ERROR'],
    ['another id', { id: '6f1f0f8e-52a4-4a0c-8a86-6f6cf2a7c001', name: 'X' }, 'VALIDATION_ERROR'],
    ['a login', { login: 'other' }, 'VALIDATION_ERROR'],
    ['an e-mail that is none', { email: 'dolly' }, 'VALIDATION_ERROR'],
  ])('is not changed by a request with %s', async (_, params, code) => {
    await expectRefused('auth.changeMe', params, code, (await newcomer()).token);
  });

  it('AUTH-2: shows when it was made and when it signed in last', async () => {
    const registered = await register(node, token);
    expect(registered.lastSignInAt).toBeNull();
    await node.signIn(registered.login, BEAK);
    const seen = await node.call<UserView>('auth.get', { id: registered.id }, { token });
    expect(seen.createdAt).toBe(registered.createdAt);
    expect(Date.parse(seen.lastSignInAt ?? '')).toBeGreaterThanOrEqual(Date.parse(seen.createdAt));
  });
});

describe('one’s own beak', () => {
  it('AUTH-9: is changed; other sessions end, and the current one goes on after a refresh', async () => {
    const { user, tokens } = await newcomer();
    const other = await node.signIn(user.login, BEAK);
    const as = { token: tokens.accessToken };
    await node.call('auth.changeMyBeak', { current: BEAK, next: NEXT }, as);

    expect(await node.refusal('auth.me', {}, as)).toBe('token_stale');
    const { accessToken } = await node.call<Tokens>('auth.refresh', { refreshToken: tokens.refreshToken });
    await expect(node.call('auth.me', {}, { token: accessToken })).resolves.toBeDefined();
    expect(await node.refusal('auth.refresh', { refreshToken: other.refreshToken })).toBe('invalid_token');
    expect(await node.refusal('auth.login', { login: user.login, beak: BEAK })).toBe('wrong_credentials');
    await expect(node.signIn(user.login, NEXT)).resolves.toBeDefined();
  });

  it('AUTH-9: stays with a wrong current beak of any form, which counts as a guess', async () => {
    const { user, token: as } = await newcomer();
    for (const current of ['wrong', '', '\u0000', 'x'.repeat(300)]) {
      await expectRefused('auth.changeMyBeak', { current, next: NEXT }, 'wrong_credentials', as);
    }
    const guesses = () => node.refusal('auth.changeMyBeak', { current: 'wrong', next: NEXT }, { token: as });
    for (let n = 4; n < config.signInLimitAccount; n++) expect(await guesses()).toBe('wrong_credentials');
    expect(await guesses()).toBe('too_many_requests');
    // A sign-in from the same network is refused as well: both are guesses at one beak.
    expect(await node.refusal('auth.login', { login: user.login, beak: BEAK })).toBe('too_many_requests');
  });

  it.each([
    ['weak', 'password1', 'validation_failed'],
    ['too short', 'short', 'VALIDATION_ERROR'],
    ['the current one', BEAK, 'validation_failed'],
  ])('is not changed to one that is %s', async (_, next, code) => {
    await expectRefused('auth.changeMyBeak', { current: BEAK, next }, code, (await newcomer()).token);
  });

  it('is changed once by a repeated request, which then gets the first answer', async () => {
    const { user, tokens } = await newcomer();
    const beaks = { current: BEAK, next: NEXT };
    const key = { idempotencyKey: 'again' };
    await node.call('auth.changeMyBeak', beaks, { token: tokens.accessToken, ...key });
    const { accessToken } = await node.call<Tokens>('auth.refresh', { refreshToken: tokens.refreshToken });
    await expect(node.call('auth.changeMyBeak', beaks, { token: accessToken, ...key })).resolves.toBeNull();
    const other = { current: BEAK, next: `${NEXT}!` };
    expect(await node.refusal('auth.changeMyBeak', other, { token: accessToken, ...key })).toBe(
      'idempotency_key_reused',
    );
    expect(await look.events(`user/${user.id}`)).toHaveLength(2);
    const [kept] = await look.rows<{ row: string }>(
      'SELECT k::text AS row FROM idempotency_key k WHERE user_id = $1',
      [user.id],
    );
    expect(kept?.row).not.toContain(NEXT);
  });

  it('is changed by one of two requests at the same moment', async () => {
    const { user, token: as } = await newcomer();
    const change = (next: string) =>
      node.refusal('auth.changeMyBeak', { current: BEAK, next }, { token: as });
    const results = await Promise.all([change(NEXT), change(`${NEXT} and a wing`)]);
    expect(results.filter((code) => code === undefined)).toHaveLength(1);
    expect(await look.events(`user/${user.id}`)).toHaveLength(2);
  });
});

describe('the names of accounts', () => {
  it('AUTH-2: are listed for accountants by id, without other fields', async () => {
    const accountant = await register(node, token, { roles: ['accountant'] });
    const { accessToken } = await node.signIn(accountant.login, BEAK);
    const [one, two] = [await register(node, token), await register(node, token)];
    const ids = `${two.id},${one.id.toUpperCase()},6f1f0f8e-52a4-4a0c-8a86-6f6cf2a7c001`;
    type Names = Page<{ id: string; name: string }>;
    expect(await node.call<Names>('auth.names', { ids }, { token: accessToken })).toEqual({
      items: [one, two].map(({ id, name }) => ({ id, name })),
      nextCursor: null,
    });
    const first = await node.call<Names>('auth.names', { ids, limit: 1 }, { token: accessToken });
    const second = await node.call<Names>(
      'auth.names',
      { ids, limit: 1, cursor: first.nextCursor },
      { token: accessToken },
    );
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([one.id, two.id]);
  });

  it('are not shown to others', async () => {
    await expectRefused('auth.names', {}, 'forbidden', (await newcomer()).token);
  });
});
