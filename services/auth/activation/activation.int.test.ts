import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ActionAnswer } from '#schemas/action.ts';
import type activationAction from '#schemas/actions/auth/activation.ts';
import type registerAction from '#schemas/actions/auth/register.ts';
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
import type { UserView } from '../users/user.ts';

type Registered = ActionAnswer<typeof registerAction>;
type Activation = ActionAnswer<typeof activationAction>;

const NEXT = 'a feather and a claw';
const DAY_MS = 24 * 60 * 60 * 1000;

let config: Config;
let node: AuthNode;
let other: AuthNode;
let look: Look;
/** The access token of the first admin. */
let token: string;

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK });
  [node, other] = await Promise.all([startAuth(config), startAuth(config)]);
  look = await lookInto(config);
  token = (await node.signIn()).accessToken;
});

afterAll(async () => {
  await look?.end();
  await node?.stop();
  await other?.stop();
  await dropNamespace(config);
});

/** Registers an account whose owner gets a code. */
const newcomer = async () => {
  const login = `polly-${randomUUID().slice(0, 8)}`;
  const params = { login, name: 'Polly', email: 'polly@popug.test', roles: [], beak: null };
  const user = await node.call<Registered>('auth.register', params, { token });
  return { user, code: user.activationCode ?? '' };
};
/** Each call is from an address of its own, so that no guesses are counted together. */
let addresses = 0;
const from = () => ({ address: `198.51.100.${++addresses}` });
const activate = (code: string, beak = NEXT, on = node) => on.call('auth.activate', { code, beak }, from());
const issue = (id: string, meta: object = {}) =>
  node.call<Activation>('auth.activation', { id }, { token, ...meta });

async function expectRefused(action: string, params: object, code: string, meta: object) {
  const before = await look.state();
  expect(await node.refusal(action, params, meta)).toBe(code);
  expect(await look.state()).toEqual(before);
}
const expectWrong = (code: string) =>
  expectRefused('auth.activate', { code, beak: NEXT }, 'wrong_code', from());

describe('an account without a beak', () => {
  it('AUTH-11: gets a code, with which its owner sets the beak', async () => {
    const { user, code } = await newcomer();
    expect(code).toMatch(/^\w{5}-\w{5}-\w{5}-\w{5}$/);
    expect(await node.refusal('auth.login', { login: user.login, beak: BEAK }, from())).toBe(
      'wrong_credentials',
    );
    await activate(code.toUpperCase());
    await expect(node.signIn(user.login, NEXT)).resolves.toBeDefined();
    expect(await look.events(`user/${user.id}`)).toEqual([
      { type: 'auth.user.registered.v1', sequence: 1 },
      { type: 'auth.user.changed.v1', sequence: 2 },
    ]);
    const [event] = await look.rows('SELECT actor_id FROM outbox WHERE aggregate = $1 AND sequence = 2', [
      `user/${user.id}`,
    ]);
    expect(event).toEqual({ actor_id: user.id });
  });

  it('is answered without its code when the request is repeated, and no code is stored', async () => {
    const login = `polly-${randomUUID().slice(0, 8)}`;
    const params = { login, name: 'Polly', email: 'polly@popug.test', roles: [] };
    const meta = { token, idempotencyKey: randomUUID() };
    const first = await node.call<Registered>('auth.register', params, meta);
    const again = await node.call<Registered>('auth.register', params, meta);
    expect(again).toEqual({ ...first, activationCode: null });
    const [kept] = await look.rows<{ row: string }>(
      'SELECT k::text AS row FROM idempotency_key k WHERE key = $1',
      [meta.idempotencyKey],
    );
    expect(kept?.row).toContain(login);
    expect(kept?.row).not.toContain(first.activationCode);
    const codes = await look.rows<{ row: string }>('SELECT c::text AS row FROM activation_code c');
    expect(codes.map(({ row }) => row).join()).not.toContain(first.activationCode);
  });
});

describe('a code', () => {
  it('AUTH-11: sets one beak: of two requests at the same moment, and later, all others are refused', async () => {
    const { user, code } = await newcomer();
    const results = await Promise.all(
      [node, other, node].map((each, n) =>
        each.refusal('auth.activate', { code, beak: `${NEXT} ${n}` }, from()),
      ),
    );
    expect(results.filter((result) => result === undefined)).toHaveLength(1);
    expect(results.filter((result) => result === 'wrong_code')).toHaveLength(2);
    await expectWrong(code);
    expect(await look.events(`user/${user.id}`)).toHaveLength(2);
  });

  it('stays valid after a beak that is too weak', async () => {
    const { user, code } = await newcomer();
    for (const beak of ['password1', user.login]) {
      const codes = ['validation_failed', 'VALIDATION_ERROR'];
      expect(codes).toContain(await node.refusal('auth.activate', { code, beak }, from()));
    }
    await activate(code);
  });

  it('AUTH-11: of an admin replaces the earlier one, ends all sessions, and is valid for 7 days', async () => {
    const user = await register(node, token);
    const session = await node.signIn(user.login, BEAK);
    const first = await issue(user.id);
    const second = await issue(user.id);
    const lifeMs = Date.parse(second.expiresAt) - Date.now();
    expect(Math.abs(lifeMs - 7 * DAY_MS)).toBeLessThan(60_000);
    await expectWrong(first.activationCode ?? '');
    // Until then the account works as before.
    await expect(node.call('auth.me', {}, { token: session.accessToken })).resolves.toBeDefined();
    await activate(second.activationCode ?? '');
    expect(await node.refusal('auth.me', {}, { token: session.accessToken })).toBe('token_stale');
    expect(await node.refusal('auth.refresh', { refreshToken: session.refreshToken })).toBe('invalid_token');
  });

  it('leaves an event without it, by the admin', async () => {
    const user = await register(node, token);
    const { activationCode } = await issue(user.id);
    const [event] = await look.rows<{ actor: string; payload: Buffer }>(
      `SELECT actor_id AS actor, payload FROM outbox WHERE type = 'auth.activation-code.issued.v1'
       ORDER BY position DESC LIMIT 1`,
    );
    expect(event?.actor).toBe((await node.call<UserView>('auth.me', {}, { token })).id);
    expect(event?.payload.toString('latin1')).toContain('activation');
    expect(event?.payload.toString('latin1')).not.toContain(activationCode);
  });

  it('is not repeated in the answer to a repeated request', async () => {
    const user = await register(node, token);
    const key = { idempotencyKey: randomUUID() };
    const first = await issue(user.id, key);
    expect(await issue(user.id, key)).toEqual({ activationCode: null, expiresAt: first.expiresAt });
    await activate(first.activationCode ?? '');
  });

  it('is void when it is too old, and after another change of the beak or a deactivation', async () => {
    const old = await newcomer();
    await look.rows(`UPDATE activation_code SET expires_at = now() WHERE user_id = $1`, [old.user.id]);
    await expectWrong(old.code);
    for (const changes of [{ beak: BEAK }, { active: false }]) {
      const { user, code } = await newcomer();
      await node.call('auth.change', { id: user.id, ...changes }, { token });
      await expectWrong(code);
    }
  });

  it.each(['', 'k7m2x-9qd4r-tw3hc-8vbnp', '\u0000', 'x'.repeat(3_000)])(
    'is refused if it is %j',
    expectWrong,
  );

  it('AUTH-11: is guessed as rarely as a beak', async () => {
    const address = { address: '203.0.113.9' };
    const guess = () => node.refusal('auth.activate', { code: randomUUID(), beak: NEXT }, address);
    for (let n = 0; n < config.signInLimitAddress; n += 20) {
      await Promise.all(Array.from({ length: 20 }, guess));
    }
    // On a slow machine the first guesses are older than the minute that counts.
    await look.rows('UPDATE sign_in_refusal SET refused_at = now() WHERE address = $1', [address.address]);
    expect(await guess()).toBe('too_many_requests');
    const { code } = await newcomer();
    await expectRefused('auth.activate', { code, beak: NEXT }, 'too_many_requests', address);
    await activate(code);
  });
});

describe('the code of an account', () => {
  it('is issued only to admins, for accounts that are active', async () => {
    const user = await register(node, token);
    const { accessToken } = await node.signIn(user.login, BEAK);
    await expectRefused('auth.activation', { id: user.id }, 'forbidden', { token: accessToken });
    await expectRefused('auth.activation', { id: randomUUID() }, 'not_found', { token });
    await node.call('auth.change', { id: user.id, active: false }, { token });
    await expectRefused('auth.activation', { id: user.id }, 'account_inactive', { token });
  });
});

describe('an account that must change its beak', () => {
  const demanding = async () => {
    const user = await register(node, token);
    const changed = await node.call<UserView>(
      'auth.change',
      { id: user.id, mustChangeBeak: true },
      { token },
    );
    expect(changed.mustChangeBeak).toBe(true);
    return user;
  };

  it('AUTH-12: signs in only with a new beak, which ends its other sessions', async () => {
    const user = await register(node, token);
    const session = await node.signIn(user.login, BEAK);
    await node.call('auth.change', { id: user.id, mustChangeBeak: true }, { token });
    await expect(node.call('auth.me', {}, { token: session.accessToken })).resolves.toBeDefined();
    const credentials = { login: user.login, beak: BEAK };
    await expectRefused('auth.login', credentials, 'beak_change_required', {});
    const { accessToken } = await node.call<{ accessToken: string }>(
      'auth.login',
      { ...credentials, next: NEXT },
      {},
    );
    expect(await node.call('auth.me', {}, { token: accessToken })).toMatchObject({ mustChangeBeak: false });
    expect(await node.refusal('auth.me', {}, { token: session.accessToken })).toBe('token_stale');
    expect(await node.refusal('auth.login', credentials)).toBe('wrong_credentials');
    await expect(node.signIn(user.login, NEXT)).resolves.toBeDefined();
  });

  it.each([
    ['a weak one', 'password1'],
    ['the current one', BEAK],
  ])('AUTH-12: does not sign in with %s', async (_, next) => {
    const { login } = await demanding();
    await expectRefused('auth.login', { login, beak: BEAK, next }, 'validation_failed', {});
  });

  it('is not recognised by a wrong beak', async () => {
    const { login } = await demanding();
    await expectRefused('auth.login', { login, beak: 'wrong', next: NEXT }, 'wrong_credentials', from());
  });

  it('AUTH-12: may also change it while it is signed in, or by a code', async () => {
    const [one, two] = [await register(node, token), await register(node, token)];
    const { accessToken } = await node.signIn(one.login, BEAK);
    for (const { id } of [one, two]) await node.call('auth.change', { id, mustChangeBeak: true }, { token });
    await node.call('auth.changeMyBeak', { current: BEAK, next: NEXT }, { token: accessToken });
    await activate((await issue(two.id)).activationCode ?? '');
    for (const { login } of [one, two]) await expect(node.signIn(login, NEXT)).resolves.toBeDefined();
  });
});
