import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as argon2 from '@node-rs/argon2';
import { decodeJwt } from 'jose';
import type { Config } from '../../../config.ts';
import { dropNamespace, testConfig } from '../../../test/harness/config.ts';
import { until } from '../../../test/harness/wait.ts';
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
import { BeakHasher } from '../users/beak-hasher.client.ts';
import type { UserView } from '../users/user.ts';

let config: Config;
let node: AuthNode;
let other: AuthNode;
let look: Look;
let admin: Tokens;
/** The number of beak comparisons on `node`. */
let compared = 0;

beforeAll(async () => {
  config = testConfig({
    adminBeak: ADMIN_BEAK,
    signInBudgetAccount: 5,
    signInBudgetAddress: 12,
    sessionLimit: 4,
  });
  [node, other] = await Promise.all([startAuth(config), startAuth(config)]);
  look = await lookInto(config);
  admin = await node.signIn();
  const { auth } = node.broker.getLocalService('auth') as unknown as { auth: { hasher: BeakHasher } };
  auth.hasher = await BeakHasher.create({
    ...argon2,
    verify(...guess) {
      compared++;
      return argon2.verify(...guess);
    },
  });
});

afterAll(async () => {
  await look?.end();
  await node?.stop();
  await other?.stop();
  await dropNamespace(config);
});

let addresses = 0;
const newAddress = () => `198.51.100.${++addresses}`;
const newcomer = () => register(node, admin.accessToken);
const sidOf = ({ accessToken }: Tokens) => decodeJwt<{ sid: string }>(accessToken).sid;

/**
 * Signs in. Returns the code of the refusal, undefined for a success. Retries while the machine is
 * too busy: such a refusal changes nothing.
 */
async function attempt(
  user: Pick<UserView, 'login'>,
  beak: string,
  address: string,
  on: AuthNode = node,
): Promise<string | undefined> {
  for (;;) {
    const code = await on.refusal('auth.login', { login: user.login, beak }, { address });
    if (code !== 'service_unavailable') return code;
  }
}

/**
 * One concurrent attempt from each address, on two nodes in turns. Returns the number of attempts
 * by code.
 */
async function sideBySide(users: readonly UserView[], beak: string, from: readonly string[]) {
  const codes = await Promise.all(
    from.map((address, i) =>
      attempt(users[i % users.length] as UserView, beak, address, i % 2 ? node : other),
    ),
  );
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code ?? 'ok'] = (counts[code ?? 'ok'] ?? 0) + 1;
  return counts;
}

async function retryAfter(user: UserView, beak: string, address: string): Promise<number | undefined> {
  const error: unknown = await node.signIn(user.login, beak, { address }).catch((reason: unknown) => reason);
  return (error as { data?: { retryAfter?: number } }).data?.retryAfter;
}

/** Moves the refusals and sign-ins of an account back in time. */
async function pass(user: UserView, interval: string): Promise<void> {
  const loginHash = await look.loginHash(user.login);
  await look.rows('UPDATE sign_in_refusal SET refused_at = refused_at - $2::interval WHERE login_hash = $1', [
    loginHash,
    interval,
  ]);
  await look.rows('UPDATE session SET opened_at = opened_at - $2::interval WHERE user_id = $1', [
    user.id,
    interval,
  ]);
}

describe('the successes of an account within a minute', () => {
  it('E14: have a budget; beyond it the right beak gets 429 on every node, and nothing changes', async () => {
    const user = await newcomer();
    for (let i = 0; i < 5; i++) expect(await attempt(user, BEAK, newAddress())).toBeUndefined();
    const before = await look.state();
    for (const each of [node, other]) {
      expect(await attempt(user, BEAK, newAddress(), each)).toBe('too_many_requests');
    }
    const wait = await retryAfter(user, BEAK, newAddress());
    expect(wait).toBeGreaterThan(30);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await look.state()).toEqual(before);
    await pass(user, '1 minute');
    expect(await attempt(user, BEAK, newAddress())).toBeUndefined();
  });

  it('E14: stay within the budget when many are made at the same time, on two nodes', async () => {
    const user = await newcomer();
    const from = Array.from({ length: 40 }, newAddress);
    expect(await sideBySide([user], BEAK, from)).toEqual({ ok: 5, too_many_requests: 35 });
  });

  it('E14: need no hash beyond the budget in a known network, and few when many are made at the same time', async () => {
    const user = await newcomer();
    const address = newAddress();
    compared = 0;
    await Promise.all(Array.from({ length: 100 }, () => attempt(user, BEAK, address)));
    expect(compared).toBeLessThanOrEqual(10);
    expect(await attempt(user, BEAK, address)).toBe('too_many_requests');
    compared = 0;
    for (let i = 0; i < 3; i++) expect(await attempt(user, BEAK, address)).toBe('too_many_requests');
    expect(compared).toBe(0);
  });

  it('E14: reveal nothing to a stranger without the beak', async () => {
    const user = await newcomer();
    for (let i = 0; i < 5; i++) await node.signIn(user.login, BEAK, { address: newAddress() });
    expect(await attempt(user, 'wrong', newAddress())).toBe('wrong_credentials');
  });
});

describe('the successes of an address within a minute', () => {
  it('E14: have a budget for all accounts together, and no other address is refused', async () => {
    const users = await Promise.all([newcomer(), newcomer(), newcomer(), newcomer()]);
    const address = newAddress();
    const from = Array.from({ length: 20 }, () => address);
    expect(await sideBySide(users, BEAK, from)).toEqual({ ok: 12, too_many_requests: 8 });
    const late = await newcomer();
    const before = await look.state();
    expect(await attempt(late, BEAK, address)).toBe('too_many_requests');
    expect(await retryAfter(late, BEAK, address)).toBeGreaterThan(30);
    expect(await look.state()).toEqual(before);
    expect(await attempt(late, BEAK, newAddress())).toBeUndefined();
  });

  it('E14: are counted for all addresses of an IPv6 network together', async () => {
    const users = await Promise.all([newcomer(), newcomer(), newcomer()]);
    const from = Array.from({ length: 15 }, (_, i) => `2001:db8:14::${i + 1}`);
    expect(await sideBySide(users, BEAK, from)).toEqual({ ok: 12, too_many_requests: 3 });
  });
});

describe('more sessions than the limit', () => {
  const refresh = ({ refreshToken }: Tokens) => node.call<Tokens>('auth.refresh', { refreshToken });

  it('E14: end the least recently used one, and no other', async () => {
    const user = await newcomer();
    const tokens: Tokens[] = [];
    for (let i = 0; i < 4; i++) tokens.push(await node.signIn(user.login, BEAK, { address: newAddress() }));
    const [first, second, third, fourth] = tokens as [Tokens, Tokens, Tokens, Tokens];
    const refreshed = await refresh(first);
    const fifth = await other.signIn(user.login, BEAK, { address: newAddress() });
    for (const each of [node, other]) {
      await until(
        async () => (await each.refusal('auth.me', {}, { token: second.accessToken })) === 'token_stale',
      );
    }
    expect(await node.refusal('auth.refresh', { refreshToken: second.refreshToken })).toBe('invalid_token');
    expect(await look.events(`session/${sidOf(second)}`)).toEqual([
      { type: 'auth.session.opened.v1', sequence: 1 },
      { type: 'auth.session.revoked.v1', sequence: 2 },
    ]);
    for (const { accessToken } of [refreshed, third, fourth, fifth]) {
      expect(await node.refusal('auth.me', {}, { token: accessToken })).toBeUndefined();
    }
    const open = await look.rows('SELECT id FROM session WHERE user_id = $1 AND revoked_at IS NULL', [
      user.id,
    ]);
    expect(open).toHaveLength(4);
  });

  it('E14: do not arise when sign-ins are made at the same time', async () => {
    const user = await newcomer();
    for (let round = 0; round < 2; round++) {
      await sideBySide([user], BEAK, Array.from({ length: 5 }, newAddress));
      await pass(user, '1 minute');
    }
    const open = await look.rows('SELECT id FROM session WHERE user_id = $1 AND revoked_at IS NULL', [
      user.id,
    ]);
    expect(open).toHaveLength(4);
  });
});

describe('sessions from before networks were stored', () => {
  const refresh = ({ refreshToken }: Tokens) => node.call<Tokens>('auth.refresh', { refreshToken });
  const forgetNetworks = (user: UserView) =>
    look.rows('UPDATE session SET network = NULL WHERE user_id = $1', [user.id]);

  it('E14: are refreshed, used and ended like others', async () => {
    const user = await newcomer();
    const before = await node.signIn(user.login, BEAK, { address: newAddress() });
    await forgetNetworks(user);
    const refreshed = await refresh(before);
    for (const { accessToken } of [before, refreshed]) {
      expect(await node.refusal('auth.me', {}, { token: accessToken })).toBeUndefined();
    }
    await node.call('auth.logout', { refreshToken: refreshed.refreshToken });
    expect(await node.refusal('auth.refresh', { refreshToken: refreshed.refreshToken })).toBe(
      'invalid_token',
    );
    for (const each of [node, other]) {
      await until(
        async () => (await each.refusal('auth.me', {}, { token: refreshed.accessToken })) !== undefined,
      );
    }
  });

  it('E14: count for the budget of the account and its limit of sessions', async () => {
    const user = await newcomer();
    const oldest = await node.signIn(user.login, BEAK, { address: newAddress() });
    for (let i = 0; i < 3; i++) await node.signIn(user.login, BEAK, { address: newAddress() });
    await forgetNetworks(user);
    expect(await attempt(user, BEAK, newAddress())).toBeUndefined();
    expect(await attempt(user, BEAK, newAddress())).toBe('too_many_requests');
    expect(await node.refusal('auth.refresh', { refreshToken: oldest.refreshToken })).toBe('invalid_token');
    const open = await look.rows('SELECT id FROM session WHERE user_id = $1 AND revoked_at IS NULL', [
      user.id,
    ]);
    expect(open).toHaveLength(4);
  });

  it('E14: make no network known, but the next sign-in from there does', async () => {
    const user = await newcomer();
    const home = newAddress();
    await node.signIn(user.login, BEAK, { address: home });
    await forgetNetworks(user);
    await sideBySide([user], 'wrong', Array.from({ length: 10 }, newAddress));
    expect(await attempt(user, BEAK, home)).toBe('too_many_requests');
    await pass(user, '1 minute');
    expect(await attempt(user, BEAK, home)).toBeUndefined();
    await sideBySide([user], 'wrong', Array.from({ length: 10 }, newAddress));
    expect(await attempt(user, BEAK, home)).toBeUndefined();
  });
});

describe('wrong guesses at an account', () => {
  it('E14: by strangers do not affect the owner in the network from which the account signs in', async () => {
    const user = await newcomer();
    const home = newAddress();
    await node.signIn(user.login, BEAK, { address: home });
    const strangers = Array.from({ length: 30 }, newAddress);
    expect(await sideBySide([user], 'wrong', strangers)).toEqual({
      wrong_credentials: 10,
      too_many_requests: 20,
    });
    // The right beak is refused, too: the answer must not tell a stranger that it was right.
    expect(await attempt(user, BEAK, newAddress())).toBe('too_many_requests');
    for (const each of [node, other]) expect(await attempt(user, BEAK, home, each)).toBeUndefined();
  });

  it('E14: by the owner have a budget for each of their networks, and do not help strangers', async () => {
    const user = await newcomer();
    const home = '2001:db8:15::1';
    const office = newAddress();
    for (const address of [home, office]) await node.signIn(user.login, BEAK, { address });
    const atHome = Array.from({ length: 12 }, (_, i) => `2001:db8:15::${i + 2}`);
    expect(await sideBySide([user], 'wrong', atHome)).toEqual({
      wrong_credentials: 10,
      too_many_requests: 2,
    });
    expect(await attempt(user, BEAK, home)).toBe('too_many_requests');
    expect(await attempt(user, BEAK, office)).toBeUndefined();
    const strangers = Array.from({ length: 12 }, newAddress);
    expect(await sideBySide([user], 'wrong', strangers)).toEqual({
      wrong_credentials: 10,
      too_many_requests: 2,
    });
    expect(await attempt(user, 'wrong', newAddress())).toBe('too_many_requests');
  });

  it("E14: count as a stranger's thirty days after the last sign-in from that network", async () => {
    const user = await newcomer();
    const home = newAddress();
    await node.signIn(user.login, BEAK, { address: home });
    const strangers = Array.from({ length: 10 }, newAddress);
    await sideBySide([user], 'wrong', strangers);
    await look.rows(`UPDATE session SET opened_at = opened_at - interval '30 days' WHERE user_id = $1`, [
      user.id,
    ]);
    expect(await attempt(user, BEAK, home)).toBe('too_many_requests');
  });

  it('E14: are followed by growing pauses, and are at most a hundred within an hour', async () => {
    const user = await newcomer();
    const loginHash = await look.loginHash(user.login);
    const earlier = (count: number) =>
      look.rows(
        `INSERT INTO sign_in_refusal (id, login_hash, address, refused_at)
         SELECT gen_random_uuid(), $1, '203.0.113.14', clock_timestamp() - interval '55 minutes' FROM generate_series(1, $2)`,
        [loginHash, count],
      );
    await earlier(49);
    expect(await attempt(user, 'wrong', newAddress())).toBe('wrong_credentials');
    const pause = await retryAfter(user, 'wrong', newAddress());
    expect(pause).toBeGreaterThan(10);
    expect(pause).toBeLessThanOrEqual(16);
    await pass(user, '1 minute');
    await earlier(50);
    const hour = await retryAfter(user, BEAK, newAddress());
    expect(hour).toBeGreaterThan(3 * 60);
    expect(hour).toBeLessThanOrEqual(5 * 60);
    await pass(user, '6 minutes');
    expect(await attempt(user, BEAK, newAddress())).toBeUndefined();
  });
});

describe('a beak that is easy to guess', () => {
  const refusalOf = (action: string, params: object) =>
    node.call(action, params, { token: admin.accessToken }).catch((error: unknown) => error);

  it.each([
    ['common', 'Password1', 'common'],
    ['the login', 'Easy.Parrot', 'equals_login'],
  ])('E14: is refused at registration and at a change: %s', async (_, beak, code) => {
    const refused = { type: 'validation_failed', code: 422, data: { errors: [{ field: 'beak', code }] } };
    const fields = { login: 'easy.parrot', name: 'Easy', email: 'easy@popug.test', roles: [] };
    const before = await look.state();
    expect(await refusalOf('auth.register', { ...fields, beak })).toMatchObject(refused);
    expect(await look.state()).toEqual(before);
    const user = await register(node, admin.accessToken, {
      login: `easy.parrot-${code}`.replaceAll('_', '-'),
    });
    const unchanged = await look.state();
    const weak = code === 'common' ? beak : user.login.toUpperCase();
    expect(await refusalOf('auth.change', { id: user.id, beak: weak, name: 'Other' })).toMatchObject(refused);
    expect(await look.state()).toEqual(unchanged);
  });
});
