import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
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
import type { UserView } from './user.ts';

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

const polly = () => ({
  login: `polly-${randomUUID().slice(0, 8)}`,
  name: 'Polly',
  email: 'polly@popug.test',
  roles: ['developer'],
  beak: BEAK,
});
const change = (id: string, changes: object, on: AuthNode = node) =>
  on.call<UserView>('auth.change', { id, ...changes }, { token });
const eventsOf = (user: UserView) => look.events(`user/${user.id}`);
const INVALID = /^(validation_failed|VALIDATION_ERROR)$/;

/** Expects a refusal with this code that changes nothing. */
async function expectRefused(
  action: string,
  params: object,
  code: string | RegExp,
  meta: object = { token },
) {
  const before = await look.state();
  expect(await node.refusal(action, params, meta)).toMatch(code);
  expect(await look.state()).toEqual(before);
}

describe('a registered account', () => {
  it('AUTH-3: exists at once with the given fields, and is published', async () => {
    const { beak, ...fields } = polly();
    const user = await node.call<UserView>('auth.register', { ...fields, beak, locale: 'de' }, { token });
    const others = { mustChangeBeak: false, createdAt: expect.any(String), lastSignInAt: null };
    expect(user).toEqual({
      id: expect.any(String),
      ...fields,
      locale: 'de',
      active: true,
      ...others,
      activationCode: null,
    });
    const { activationCode: _, ...shown } = user as UserView & { activationCode: null };
    await expect(other.call('auth.get', { id: user.id }, { token })).resolves.toEqual(shown);
    expect(await eventsOf(user)).toEqual([{ type: 'auth.user.registered.v1', sequence: 1 }]);
    await expect(other.signIn(user.login, beak)).resolves.toBeDefined();
  });

  it('AUTH-2: may have no role, several roles, or an unknown one', async () => {
    const several = ['accountant', 'boss', 'developer'];
    expect(await register(node, token, { roles: several })).toMatchObject({ roles: several, active: true });
    const user = await register(node, token, { roles: [] });
    expect(user).toMatchObject({ roles: [], locale: null });
    expect(await register(node, token, { roles: ['wing-commander'] })).toMatchObject({
      roles: ['wing-commander'],
    });
  });

  it('is refused if the login is taken, also among two at the same moment', async () => {
    const fields = polly();
    const results = await Promise.all(
      [node, other, node, other].map((each) => each.refusal('auth.register', fields, { token })),
    );
    expect(results.filter((code) => code === undefined)).toHaveLength(1);
    expect(results.filter((code) => code === 'login_taken')).toHaveLength(3);
    await expectRefused('auth.register', { ...fields, name: 'Another' }, 'login_taken');
  });

  it.each([
    ['no login', { login: undefined }],
    ['a login in capitals', { login: 'Polly' }],
    ['a login that begins with a dot', { login: '.polly' }],
    ['a login of 64 characters', { login: 'p'.repeat(64) }],
    ['an empty name', { name: ' ' }],
    ['a name with a control character', { name: 'Pol\u0000ly' }],
    ['a name of 201 characters', { name: 'p'.repeat(201) }],
    ['an e-mail without a domain', { email: 'polly' }],
    ['an e-mail with a line break', { email: 'polly@popug.test\nBcc: all@popug.test' }],
    ['an e-mail with a name', { email: 'Polly <polly@popug.test>' }],
    ['an e-mail of 255 characters', { email: `${'p'.repeat(60)}@${'a.'.repeat(97)}test` }],
    ['B5: an e-mail whose domain can not exist', { email: 'polly@-bad-.com' }],
    ['B5: an e-mail whose domain is a number', { email: 'polly@123.456' }],
    ['B5: an e-mail that begins with a dot', { email: '.polly@popug.test' }],
    ['D10: a name that can not be seen', { name: '\u200b\u3164\u2800' }],
    ['D10: a name that turns around', { name: 'pol\u202ely' }],
    ['D10: a beak of 7 composed characters', { beak: 'e\u0301'.repeat(7) }],
    ['no roles', { roles: undefined }],
    ['roles that are text', { roles: 'developer' }],
    ['a role in capitals', { roles: ['Developer'] }],
    ['a role twice', { roles: ['developer', 'developer'] }],
    ['33 roles', { roles: Array.from({ length: 33 }, (_, i) => `role-${i}`) }],
    ['a role that is nothing', { roles: [null] }],
    ['a beak of 7 characters', { beak: '1234567' }],
    ['a beak of 201 characters', { beak: 'b'.repeat(201) }],
    ['a beak that is a number', { beak: 12345678 }],
    ['a locale that is none', { locale: 'deutsch' }],
    ['more than an account has', { active: false }],
    ['an id', { id: randomUUID() }],
  ])('is refused with %s', async (_, fields) => {
    await expectRefused('auth.register', { ...polly(), ...fields }, INVALID);
  });

  it('AUTH-5: is refused to everybody but admins, bosses too', async () => {
    for (const role of ['manager', 'accountant', 'boss', 'developer']) {
      const user = await register(node, token, { roles: [role] });
      const { accessToken } = await node.signIn(user.login, BEAK);
      await expectRefused('auth.register', polly(), 'forbidden', { token: accessToken });
      await expectRefused('auth.change', { id: user.id, roles: ['admin'] }, 'forbidden', {
        token: accessToken,
      });
      const mayRead = role === 'manager' ? undefined : 'forbidden';
      expect(await node.refusal('auth.list', {}, { token: accessToken })).toBe(mayRead);
      expect(await node.refusal('auth.get', { id: user.id }, { token: accessToken })).toBe(mayRead);
    }
  });

  it('is refused to callers who are not signed in, before its form is checked', async () => {
    await expectRefused('auth.register', {}, 'unauthenticated', {});
    await expectRefused('auth.register', {}, 'invalid_token', { token: 'x' });
  });
});

describe('a registration with an idempotency key', () => {
  it('is carried out once, and gives the same answer again on every node', async () => {
    const meta = { token, idempotencyKey: randomUUID() };
    const fields = polly();
    const first = await node.call<UserView>('auth.register', fields, meta);
    await expect(other.call('auth.register', fields, meta)).resolves.toEqual(first);
    expect(await eventsOf(first)).toHaveLength(1);
  });

  it('is refused with another body, even if only the beak differs', async () => {
    const meta = { token, idempotencyKey: randomUUID() };
    const fields = polly();
    await node.call('auth.register', fields, meta);
    for (const more of [{ beak: 'short and straight' }, { name: 'Dolly' }, { login: 'dolly' }]) {
      await expectRefused('auth.register', { ...fields, ...more }, 'idempotency_key_reused', meta);
    }
  });

  it('stores no key if it was refused', async () => {
    const meta = { token, idempotencyKey: randomUUID() };
    const taken = await register(node, token);
    await expectRefused('auth.register', { ...polly(), login: taken.login }, 'login_taken', meta);
    await expect(node.call('auth.register', polly(), meta)).resolves.toBeDefined();
  });
});

describe('a changed account', () => {
  it('AUTH-3: has the given fields, keeps the others, and is published with the next version', async () => {
    const user = await register(node, token, { locale: 'de' });
    const changed = await change(user.id, {
      name: 'Dolly',
      email: 'dolly@popug.test',
      roles: ['boss', 'admin'],
    });
    expect(changed).toEqual({ ...user, name: 'Dolly', email: 'dolly@popug.test', roles: ['boss', 'admin'] });
    expect(await change(user.id, { locale: null })).toEqual({ ...changed, locale: null });
    await expect(other.call('auth.get', { id: user.id }, { token })).resolves.toMatchObject({
      name: 'Dolly',
    });
    expect(await eventsOf(user)).toEqual([
      { type: 'auth.user.registered.v1', sequence: 1 },
      { type: 'auth.user.changed.v1', sequence: 2 },
      { type: 'auth.user.changed.v1', sequence: 3 },
    ]);
  });

  it('is not published if the given fields are unchanged', async () => {
    const user = await register(node, token);
    const before = await look.state();
    const same = { name: user.name, email: user.email, roles: user.roles, active: true, locale: null };
    expect(await change(user.id, same)).toEqual(user);
    expect(await look.state()).toEqual(before);
  });

  it('is refused without a field', async () => {
    const user = await register(node, token);
    for (const nothing of [{}, { name: null }, { roles: null, active: null }]) {
      await expectRefused('auth.change', { id: user.id, ...nothing }, INVALID);
    }
  });

  it('is refused for invalid values and for fields that cannot change', async () => {
    const user = await register(node, token);
    for (const wrong of [
      { login: 'another' },
      { version: 1 },
      { active: 'true' },
      { active: 1 },
      { beak: 'short' },
      { roles: ['a b'] },
      { name: '' },
    ]) {
      await expectRefused('auth.change', { id: user.id, ...wrong }, INVALID);
    }
    await expectRefused('auth.change', { id: 'x', name: 'Dolly' }, INVALID);
    await expectRefused('auth.change', { id: randomUUID(), name: 'Dolly' }, 'not_found');
  });

  it('keeps all changes that are made at the same moment', async () => {
    const user = await register(node, token);
    await Promise.all([
      change(user.id, { name: 'Dolly' }),
      change(user.id, { email: 'dolly@popug.test' }, other),
      change(user.id, { locale: 'de' }, other),
      change(user.id, { roles: ['boss'] }),
    ]);
    await expect(node.call('auth.get', { id: user.id }, { token })).resolves.toEqual({
      ...user,
      name: 'Dolly',
      email: 'dolly@popug.test',
      locale: 'de',
      roles: ['boss'],
    });
    expect((await eventsOf(user)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  });

  it('AUTH-4: has stale tokens after a change of roles; a refresh gives new ones', async () => {
    const user = await register(node, token);
    const tokens = await node.signIn(user.login, BEAK);
    await change(user.id, { name: 'Dolly' });
    await expect(node.call('auth.me', {}, { token: tokens.accessToken })).resolves.toMatchObject({
      name: 'Dolly',
    });
    await change(user.id, { roles: ['manager'] });
    expect(await node.refusal('auth.me', {}, { token: tokens.accessToken })).toBe('token_stale');
    const next = await node.call<{ accessToken: string }>('auth.refresh', {
      refreshToken: tokens.refreshToken,
    });
    expect(decodeJwt(next.accessToken)).toMatchObject({ roles: ['manager'], ver: 2, name: 'Dolly' });
    await expect(node.call('auth.list', {}, { token: next.accessToken })).resolves.toBeDefined();
  });

  it.each([
    ['a deactivation', { active: false }],
    ['a new beak', { beak: 'short and straight' }],
  ])('AUTH-4: loses all its sessions by %s', async (_, changes) => {
    const user = await register(node, token);
    const sessions = [await node.signIn(user.login, BEAK), await other.signIn(user.login, BEAK)];
    await change(user.id, changes);
    for (const { accessToken, refreshToken } of sessions) {
      expect(await node.refusal('auth.me', {}, { token: accessToken })).toBe('token_stale');
      expect(await other.refusal('auth.refresh', { refreshToken })).toBe('invalid_token');
      expect(await look.events(`session/${decodeJwt<{ sid: string }>(accessToken).sid}`)).toEqual([
        { type: 'auth.session.opened.v1', sequence: 1 },
        { type: 'auth.session.revoked.v1', sequence: 2 },
      ]);
    }
    expect(await node.refusal('auth.login', { login: user.login, beak: BEAK })).toBe('wrong_credentials');
  });

  it('can sign in with its new beak, and after it was activated again', async () => {
    const user = await register(node, token);
    await change(user.id, { beak: 'short and straight' });
    await expect(node.signIn(user.login, 'short and straight')).resolves.toBeDefined();
    await change(user.id, { active: false });
    await change(user.id, { active: true });
    const { accessToken } = await node.signIn(user.login, 'short and straight');
    await expect(node.call('auth.me', {}, { token: accessToken })).resolves.toMatchObject({ active: true });
  });

  it('AUTH-4: opens no session while it is being deactivated', async () => {
    const user = await register(node, token);
    const [, ...signIns] = await Promise.allSettled([
      change(user.id, { active: false }),
      ...Array.from({ length: 4 }, (_, i) => (i % 2 ? node : other).signIn(user.login, BEAK)),
    ]);
    for (const signIn of signIns) {
      if (signIn.status === 'rejected') expect(signIn.reason).toMatchObject({ type: 'wrong_credentials' });
    }
    const open = await look.rows('SELECT 1 FROM session WHERE user_id = $1 AND revoked_at IS NULL', [
      user.id,
    ]);
    expect(open).toHaveLength(0);
  });
});

describe('the list of accounts', () => {
  const list = (params: object = {}) => node.call<Page<UserView>>('auth.list', params, { token });

  async function all(params: object): Promise<UserView[]> {
    const items: UserView[] = [];
    let cursor: string | null | undefined;
    do {
      const page: Page<UserView> = await list({ ...params, ...(cursor ? { cursor } : {}) });
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return items;
  }

  it('gives every account once, by login, page by page', async () => {
    for (let i = 0; i < 5; i++) await register(node, token);
    const [{ count } = { count: 0 }] = await look.rows<{ count: number }>(
      'SELECT count(*)::integer AS count FROM user_account',
    );
    const logins = (await all({ limit: 2 })).map(({ login }) => login);
    expect(logins).toHaveLength(count);
    expect(new Set(logins).size).toBe(count);
    expect((await all({ limit: 200 })).map(({ login }) => login)).toEqual(logins);
  });

  it('D10: finds a name in any form, also one that was stored before names were normalised', async () => {
    const id = randomUUID().slice(0, 8);
    const composed = `\u00c9lodie ${id}`;
    const user = await register(node, token, { name: composed.normalize('NFD') });
    expect(user.name).toBe(composed);
    const ids = async (text: string) => (await all({ text })).map((each) => each.id);
    for (const text of [composed, composed.normalize('NFD'), `e\u0301LODIE ${id}`]) {
      expect(await ids(text)).toEqual([user.id]);
    }
    await look.rows('UPDATE user_account SET name = $2 WHERE id = $1', [user.id, composed.normalize('NFD')]);
    expect(await ids(composed)).toEqual([user.id]);
  });

  it('B5, D10: a change of e-mail or name follows the rules of a registration, and a refused one changes nothing', async () => {
    const user = await register(node, token);
    for (const fields of [
      { email: 'x@-bad-.com' },
      { email: 'x..y@popug.test' },
      { email: 'x@[192.0.2.1]' },
      { name: '\u2800' },
      { name: 'a\u2028b' },
    ]) {
      await expectRefused('auth.change', { id: user.id, ...fields }, INVALID);
    }
    expect(await node.call('auth.get', { id: user.id }, { token })).toEqual(user);
  });

  it('is filtered by role, by activity, and by text in login, name or e-mail', async () => {
    const role = `role-${randomUUID().slice(0, 8)}`;
    const [one, two] = [
      await register(node, token, { roles: [role, 'boss'], name: `100%_Popug ${role}` }),
      await register(node, token, { roles: [role] }),
    ];
    await change(two.id, { active: false });
    const ids = async (params: object) => (await all(params)).map(({ id }) => id).sort();
    expect(await ids({ role })).toEqual([one.id, two.id].sort());
    expect(await ids({ role, active: 'true' })).toEqual([one.id]);
    expect(await ids({ role, active: 'false' })).toEqual([two.id]);
    expect(await ids({ text: `100%_POPUG ${role}` })).toEqual([one.id]);
    expect(await ids({ role, text: '1__' })).toEqual([]);
    expect(await ids({ text: two.email.toUpperCase() })).toEqual([two.id]);
    expect(await ids({ text: two.login, role })).toEqual([two.id]);
  });

  it('shows only the fields of the contract', async () => {
    const [item] = (await list({ limit: 1 })).items;
    expect(Object.keys(item ?? {}).sort()).toEqual(
      [
        'id',
        'login',
        'name',
        'email',
        'locale',
        'roles',
        'active',
        'mustChangeBeak',
        'createdAt',
        'lastSignInAt',
      ].sort(),
    );
  });

  it('is refused for a cursor of another list, and for an invalid limit', async () => {
    expect(await node.refusal('auth.list', { cursor: 'x' }, { token })).toBe('invalid_cursor');
    for (const wrong of [
      { limit: 0 },
      { limit: 201 },
      { limit: 'x' },
      { sort: 'beak_hash' },
      { role: 'A' },
    ]) {
      expect(await node.refusal('auth.list', wrong, { token })).toMatch(INVALID);
    }
  });
});

describe('the last active admin', () => {
  let first: UserView;

  /** The first admin is the only one. */
  beforeEach(async () => {
    const admins = await node.call<Page<UserView>>('auth.list', { role: 'admin', active: true }, { token });
    for (const admin of admins.items) {
      if (admin.login === config.adminLogin) first = admin;
      else await change(admin.id, { roles: [] });
    }
  });

  it('AUTH-5: cannot be deactivated or lose the role', async () => {
    const second = await register(node, token, { roles: ['admin', 'developer'] });
    await change(second.id, { active: false });
    await expectRefused('auth.change', { id: first.id, active: false }, 'last_admin');
    await expectRefused('auth.change', { id: first.id, roles: ['boss'] }, 'last_admin');
    await expectRefused(
      'auth.change',
      { id: first.id, roles: [], active: false, name: 'Gone' },
      'last_admin',
    );
    await expect(change(first.id, { name: 'Chief' })).resolves.toMatchObject({ name: 'Chief' });
  });

  it('AUTH-5: remains when two admins demote each other at the same moment, on two nodes', async () => {
    const second = await register(node, token, { roles: ['admin'] });
    const codes: unknown[] = [];
    for (let round = 0; round < 10; round++) {
      const ours = (await node.signIn()).accessToken;
      const theirs = (await other.signIn(second.login, BEAK)).accessToken;
      const [byUs, byThem] = await Promise.all([
        node.refusal('auth.change', { id: second.id, roles: [] }, { token: ours }),
        other.refusal('auth.change', { id: first.id, active: round % 2 === 0, roles: [] }, { token: theirs }),
      ]);
      expect([byUs, byThem].filter((code) => code === undefined)).toHaveLength(1);
      codes.push(byUs ?? byThem);
      const left = await look.rows(`SELECT 1 FROM user_account WHERE active AND 'admin' = ANY (roles)`);
      expect(left).toHaveLength(1);
      // The admin who stayed makes the other one an admin again.
      const stayed =
        byUs === undefined
          ? { node, id: second.id, token: ours }
          : { node: other, id: first.id, token: theirs };
      await stayed.node.call(
        'auth.change',
        { id: stayed.id, roles: ['admin'], active: true },
        { token: stayed.token },
      );
    }
    for (const code of codes) expect(code).toMatch(/^(last_admin|token_stale)$/);
    expect(codes).toContain('last_admin');
    token = (await node.signIn()).accessToken;
  });
});
