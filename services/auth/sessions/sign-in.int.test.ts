import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as argon2 from '@node-rs/argon2';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Database } from '#mixins/database/database.ts';
import { publicKeyOf } from '#mixins/identity/public-key.ts';
import { platformOf } from '#mixins/platform.ts';
import { decodeEvent } from '#schemas/avro.ts';
import { sessionRefused } from '#schemas/events/auth/session-refused.v1.ts';
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
import { BeakHasher } from '../users/beak-hasher.client.ts';
import type { UserView } from '../users/user.ts';

let config: Config;
let node: AuthNode;
let other: AuthNode;
let look: Look;
let admin: Tokens;

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK });
  [node, other] = await Promise.all([startAuth(config), startAuth(config)]);
  look = await lookInto(config);
  admin = await node.signIn();
});

afterAll(async () => {
  await look?.end();
  await node?.stop();
  await other?.stop();
  await dropNamespace(config);
});

/** Each test has its own account and address, so that their limits do not interfere. */
let addresses = 0;
async function newcomer(fields: Partial<UserView> = {}): Promise<{ user: UserView; address: string }> {
  addresses++;
  return {
    user: await register(node, admin.accessToken, fields),
    address: `198.51.100.${addresses}`,
  };
}

const sidOf = ({ accessToken }: Tokens) => decodeJwt<{ sid: string }>(accessToken).sid;
const eventsOf = async (tokens: Tokens) =>
  (await look.events(`session/${sidOf(tokens)}`)).map(({ type }) => type);

const hashOf = (token: string) => createHash('sha256').update(token).digest();
/** Moves the use of a refresh token back by more than 20 seconds. */
const usedLongAgo = ({ refreshToken }: Tokens) =>
  look.rows(`UPDATE refresh_token SET used_at = used_at - interval '21 seconds' WHERE hash = $1`, [
    hashOf(refreshToken),
  ]);

/** The account after a sign-in. */
const signedIn = (user: UserView) => ({ ...user, lastSignInAt: expect.any(String) });

describe('a user with the right beak', () => {
  it('AUTH-1: gets tokens, and the sign-in is published', async () => {
    const { user, address } = await newcomer({ roles: ['developer', 'boss'] });
    const tokens = await node.signIn(user.login, BEAK, { address });
    expect(tokens).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      tokenType: 'Bearer',
      expiresIn: 600,
    });
    expect(decodeProtectedHeader(tokens.accessToken)).toEqual({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: expect.any(String),
    });
    const claims = decodeJwt(tokens.accessToken);
    expect(claims).toMatchObject({
      iss: config.namespace,
      aud: config.namespace,
      sub: user.id,
      ver: 1,
      login: user.login,
      name: user.name,
      roles: ['developer', 'boss'],
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600);
    expect(await eventsOf(tokens)).toEqual(['auth.session.opened.v1']);
    await expect(other.call('auth.me', {}, { token: tokens.accessToken })).resolves.toEqual(signedIn(user));
  });

  it('AUTH-1: signs in several times at once, even if the database is slow', async () => {
    const { user, address } = await newcomer();
    const { auth } = node.broker.getLocalService('auth') as unknown as { auth: { database: Database } };
    const { database } = auth;
    let slow = 4;
    auth.database = {
      ...database,
      inTransaction: (work) =>
        database.inTransaction(async (tx) => {
          // This is longer than a call waits for a concurrent change.
          if (slow-- > 0) await tx.rows('SELECT pg_sleep(1.2)');
          return await work(tx);
        }),
    };
    try {
      const refusals = await Promise.all(
        Array.from({ length: 4 }, () =>
          node.refusal('auth.login', { login: user.login, beak: BEAK }, { address }),
        ),
      );
      expect(refusals).toEqual(Array(4).fill(undefined));
    } finally {
      auth.database = database;
    }
  });

  it('AUTH-1: leaves no usable secret in the database', async () => {
    const { user, address } = await newcomer();
    const tokens = await node.signIn(user.login, BEAK, { address });
    const tables = [
      'user_account',
      'session',
      'refresh_token',
      'outbox',
      'identity_entry',
      'idempotency_key',
    ];
    for (const table of tables) {
      const [{ text = '' } = {}] = await look.rows<{ text: string }>(
        `SELECT string_agg(t::text, ' ') AS text FROM ${table} t`,
      );
      for (const secret of [BEAK, tokens.refreshToken, tokens.accessToken]) {
        expect(text ?? '').not.toContain(secret);
        expect(text ?? '').not.toContain(Buffer.from(secret).toString('hex'));
      }
    }
  });
});

describe('a refused sign-in', () => {
  const refusedEvents = async (login: string) =>
    look.rows<{ login: string }>(
      `SELECT aggregate FROM outbox WHERE type = 'auth.session.refused.v1' AND position(convert_to($1, 'UTF8') IN payload) > 0`,
      [login],
    );

  it.each([
    ['another one', 'wrong beak'],
    ['empty', ''],
    ['blank', ' '],
    ['very long', 'x'.repeat(50_000)],
    ['a NUL', '\u0000'],
    ['of several lines', 'tab\tand\nline'],
    ['half a character', '\uD800'],
    ['a picture', '🦜🦜'],
    ['the right one and a blank', `${BEAK} `],
    ['the right one in capitals', BEAK.toUpperCase()],
  ])('AUTH-1: is wrong_credentials for any form of the beak: %s', async (_, beak) => {
    const { user, address } = await newcomer();
    const before = await look.state();
    expect(await node.refusal('auth.login', { login: user.login, beak }, { address })).toBe(
      'wrong_credentials',
    );
    expect(await look.state()).toEqual(before);
    expect(await refusedEvents(user.login)).toHaveLength(1);
  });

  it.each([
    ['of nobody', 'nobody'],
    ['empty', ''],
    ['no slug', 'No Login'],
    ['a NUL', '\u0000'],
    ['half a character', '\uD800x'],
    ['very long', 'x'.repeat(50_000)],
  ])('AUTH-1: is wrong_credentials for any form of the login: %s', async (_, login) => {
    const before = await look.state();
    const address = `203.0.113.${++addresses}`;
    expect(await node.refusal('auth.login', { login, beak: BEAK }, { address })).toBe('wrong_credentials');
    expect(await look.state()).toEqual(before);
  });

  it('is wrong_credentials, with the right beak, for a deactivated account', async () => {
    const { user, address } = await newcomer();
    await node.call('auth.change', { id: user.id, active: false }, { token: admin.accessToken });
    const before = await look.state();
    expect(await node.refusal('auth.login', { login: user.login, beak: BEAK }, { address })).toBe(
      'wrong_credentials',
    );
    expect(await look.state()).toEqual(before);
  });

  it('is validation_failed only if login or beak is not a text, or another field is present', async () => {
    const before = await look.state();
    const login = config.adminLogin;
    for (const params of [
      {},
      { login },
      { login, beak: 1 },
      { login, beak: null },
      { login, beak: [BEAK] },
      { login: {}, beak: BEAK },
      { login, beak: BEAK, admin: true },
    ]) {
      expect(await node.refusal('auth.login', params)).toMatch(/^(validation_failed|VALIDATION_ERROR)$/);
    }
    expect(await look.state()).toEqual(before);
  });
});

describe('a beak in another form of the same characters', () => {
  const composed = 'h\u00e9lices et crochets';
  const decomposed = composed.normalize('NFD').replaceAll(' ', '\u00a0');
  const hashOf = async (user: UserView) => {
    const [row] = await look.rows<{ hash: string }>(
      'SELECT beak_hash AS hash FROM user_account WHERE id = $1',
      [user.id],
    );
    return row?.hash ?? '';
  };

  it('D10: opens a session, whichever form was registered or set', async () => {
    for (const [given, typed] of [
      [composed, decomposed],
      [decomposed, composed],
    ] as const) {
      const { user, address } = await newcomer({ beak: given } as Partial<UserView>);
      await expect(node.signIn(user.login, typed, { address })).resolves.toBeDefined();
      const next = `${given} 2`;
      await node.call('auth.change', { id: user.id, beak: next }, { token: admin.accessToken });
      await expect(node.signIn(user.login, `${typed} 2`, { address })).resolves.toBeDefined();
      await expect(node.signIn(user.login, next, { address })).resolves.toBeDefined();
    }
  });

  it('D10: that was stored before beaks were normalised works as it was typed, and afterwards in any form', async () => {
    const { user, address } = await newcomer();
    const old = await argon2.hash(decomposed, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    await look.rows('UPDATE user_account SET beak_hash = $2 WHERE id = $1', [user.id, old]);
    const before = await node.call<UserView>('auth.get', { id: user.id }, { token: admin.accessToken });
    const events = await look.events(`user/${user.id}`);
    // On two nodes at the same time: the second one finds the hash renewed.
    await expect(
      Promise.all([node, other, node].map((each) => each.signIn(user.login, decomposed, { address }))),
    ).resolves.toHaveLength(3);
    const renewed = await hashOf(user);
    expect(renewed).not.toBe(old);
    expect(await argon2.verify(renewed, composed)).toBe(true);
    for (const typed of [composed, decomposed]) {
      await expect(node.signIn(user.login, typed, { address })).resolves.toBeDefined();
    }
    expect(await hashOf(user)).toBe(renewed);
    expect(await node.call('auth.get', { id: user.id }, { token: admin.accessToken })).toEqual(
      signedIn(before),
    );
    expect(await look.events(`user/${user.id}`)).toEqual(events);
    expect(await node.refusal('auth.login', { login: user.login, beak: `${composed}!` }, { address })).toBe(
      'wrong_credentials',
    );
  });
});

describe('a beak that is typed into the login field', () => {
  const eventsSince = (position: string) =>
    look.rows<{ payload: Buffer }>(
      `SELECT payload FROM outbox WHERE type = 'auth.session.refused.v1' AND position > $1 ORDER BY position`,
      [position],
    );

  it('D11: is not in the database, nor is a hash for guessing it; repetitions can be recognised', async () => {
    const { user, address } = await newcomer();
    const [{ last } = { last: '0' }] = await look.rows<{ last: string }>(
      'SELECT coalesce(max(position), 0) AS last FROM outbox',
    );
    const typed = `${BEAK} é`;
    for (const [at, login] of [
      [node, typed],
      [other, typed],
      [node, typed.normalize('NFD')],
      [node, `${user.login}\u0000`],
      [node, user.login],
    ] as const) {
      await at.refusal('auth.login', { login, beak: 'wrong' }, { address });
    }
    const logins = (await eventsSince(last)).map(
      ({ payload }) => decodeEvent(sessionRefused, sessionRefused.schema, payload).login,
    );
    const digest = expect.stringMatching(/^hmac-sha256:[0-9a-f]{32}$/);
    expect(logins).toEqual([digest, logins[0], logins[0], digest, user.login]);
    expect(logins[3]).not.toBe(logins[0]);
    const tables = ['sign_in_refusal', 'outbox'];
    const tested = [BEAK, createHash('sha256').update(typed).digest('hex')];
    for (const table of tables) {
      const [{ text } = { text: '' }] = await look.rows<{ text: string }>(
        `SELECT string_agg(t::text, ' ') AS text FROM ${table} t`,
      );
      for (const secret of tested) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(Buffer.from(secret).toString('hex'));
      }
    }
  });
});

describe('a guesser', () => {
  let work: string[];
  let given: BeakHasher;
  const parts = () =>
    (node.broker.getLocalService('auth') as unknown as { auth: { hasher: BeakHasher } }).auth;

  beforeAll(async () => {
    given = parts().hasher;
    parts().hasher = await BeakHasher.create({
      ...argon2,
      verify(known, ...more) {
        work.push(String(known).split('$').slice(0, 4).join('$'));
        return argon2.verify(known, ...more);
      },
    });
  });

  beforeEach(() => {
    work = [];
  });

  afterAll(() => {
    parts().hasher = given;
  });

  /** The answer to a guess, and the argon2 calls that it took. */
  async function guess(login: string, address: string): Promise<object> {
    const error: unknown = await node.signIn(login, 'wrong', { address }).catch((reason: unknown) => reason);
    const { type, code, message, data } = error as {
      type: string;
      code: number;
      message: string;
      data: object;
    };
    return { type, code, message, data, work: work.splice(0) };
  }

  it('AUTH-1: gets the same answer after the same work, whether the account exists or not', async () => {
    const { user, address } = await newcomer();
    const { user: gone } = await newcomer();
    await node.call('auth.change', { id: gone.id, active: false }, { token: admin.accessToken });
    const wrong = await guess(user.login, address);
    expect(wrong).toMatchObject({ type: 'wrong_credentials', work: ['$argon2id$v=19$m=19456,t=2,p=1'] });
    for (const login of ['nobody-at-all', 'No Login', '\u0000', '', gone.login]) {
      expect(await guess(login, address)).toEqual(wrong);
    }
  });

  it('AUTH-1: is blocked in the same way whether the account exists or not, without any work', async () => {
    const { user, address } = await newcomer();
    const answers: object[] = [];
    for (const login of [user.login, 'nobody-knows']) {
      for (let i = 0; i < 10; i++) expect(await guess(login, address)).toMatchObject({ code: 401 });
      const { data, ...refused } = (await guess(login, address)) as { data: { retryAfter: number } };
      expect(data.retryAfter).toBeGreaterThan(30);
      answers.push(refused);
    }
    expect(answers[0]).toMatchObject({ type: 'too_many_requests', work: [] });
    expect(answers[1]).toEqual(answers[0]);
  });
});

describe('ten refusals of an account within a minute', () => {
  it('AUTH-1: give the next attempt 429 on every node, even with the right beak, and affect no other account', async () => {
    const { user, address } = await newcomer();
    const attempt = { login: user.login, beak: 'wrong' };
    for (let i = 0; i < 10; i++) {
      expect(await (i % 2 ? node : other).refusal('auth.login', attempt, { address })).toBe(
        'wrong_credentials',
      );
    }
    const before = await look.state();
    for (const each of [node, other]) {
      const error: unknown = await each
        .signIn(user.login, BEAK, { address })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ type: 'too_many_requests', code: 429 });
      const { retryAfter } = (error as { data: { retryAfter: number } }).data;
      expect(retryAfter).toBeGreaterThan(30);
      expect(retryAfter).toBeLessThanOrEqual(60);
    }
    expect(await look.state()).toEqual(before);
    const { user: neighbour } = await newcomer();
    await expect(node.signIn(neighbour.login, BEAK, { address })).resolves.toBeDefined();
  });

  it('are at most ten even if thirty attempts are made at the same time, on two nodes', async () => {
    const { user, address } = await newcomer();
    const attempt = { login: user.login, beak: 'wrong' };
    // Refusals of one account wait for each other, for at most a second. A client then retries.
    const refusalOf = async (at: AuthNode): Promise<string | undefined> => {
      const code = await at.refusal('auth.login', attempt, { address });
      return code === 'service_unavailable' ? refusalOf(at) : code;
    };
    const codes = await Promise.all(Array.from({ length: 30 }, (_, i) => refusalOf(i % 2 ? node : other)));
    expect(codes.filter((code) => code === 'wrong_credentials')).toHaveLength(10);
    expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(20);
  });

  it('are forgotten after a minute', async () => {
    const { user, address } = await newcomer();
    const attempt = { login: user.login, beak: 'wrong' };
    for (let i = 0; i < 10; i++) await node.refusal('auth.login', attempt, { address });
    expect(await node.refusal('auth.login', attempt, { address })).toBe('too_many_requests');
    await look.rows(
      `UPDATE sign_in_refusal SET refused_at = refused_at - interval '60 seconds' WHERE login_hash = $1`,
      [await look.loginHash(user.login)],
    );
    await expect(node.signIn(user.login, BEAK, { address })).resolves.toBeDefined();
  });

  it('are not reached by any number of successes', async () => {
    const { user, address } = await newcomer();
    for (let i = 0; i < 9; i++) {
      await node.refusal('auth.login', { login: user.login, beak: 'wrong' }, { address });
    }
    await Promise.all(Array.from({ length: 20 }, () => node.signIn(user.login, BEAK, { address })));
    expect(await node.refusal('auth.login', { login: user.login, beak: 'wrong' }, { address })).toBe(
      'wrong_credentials',
    );
  });
});

describe('a hundred refusals of an address within a minute', () => {
  it('AUTH-1: give the next attempt 429 for every account from that address, and from no other', async () => {
    const { user, address } = await newcomer();
    await look.rows(
      `INSERT INTO sign_in_refusal (id, login_hash, address)
       SELECT gen_random_uuid(), sha256(i::text::bytea), $1 FROM generate_series(1, 99) AS i`,
      [address],
    );
    expect(await node.refusal('auth.login', { login: 'nobody-else', beak: 'x' }, { address })).toBe(
      'wrong_credentials',
    );
    expect(await node.refusal('auth.login', { login: user.login, beak: BEAK }, { address })).toBe(
      'too_many_requests',
    );
    await expect(node.signIn(user.login, BEAK, { address: '198.51.100.250' })).resolves.toBeDefined();
  });

  it('AUTH-1: are counted for all addresses of an IPv6 network, because its owner has any number of them', async () => {
    const { user } = await newcomer();
    await look.rows(
      `INSERT INTO sign_in_refusal (id, login_hash, address)
       SELECT gen_random_uuid(), sha256(i::text::bytea), '2001:db8:7::/64' FROM generate_series(1, 99) AS i`,
    );
    const from = (address: string) =>
      node.refusal('auth.login', { login: user.login, beak: 'wrong' }, { address });
    expect(await from('2001:db8:7::a:1:2:3')).toBe('wrong_credentials');
    expect(await from('2001:db8:7::b')).toBe('too_many_requests');
    await expect(node.signIn(user.login, BEAK, { address: '2001:db8:7:1::1' })).resolves.toBeDefined();
  });
});

describe('a session', () => {
  const refresh = (tokens: Tokens, on: AuthNode = node) =>
    on.call<Tokens>('auth.refresh', { refreshToken: tokens.refreshToken });
  const refusalOfRefresh = (tokens: Tokens, on: AuthNode = node) =>
    on.refusal('auth.refresh', { refreshToken: tokens.refreshToken });

  async function session(): Promise<{ user: UserView; tokens: Tokens }> {
    const { user, address } = await newcomer();
    return { user, tokens: await node.signIn(user.login, BEAK, { address }) };
  }

  it('continues with a new pair of tokens; the previous access token is valid until it expires', async () => {
    const { user, tokens } = await session();
    const next = await refresh(tokens);
    expect(next).toMatchObject({ tokenType: 'Bearer', expiresIn: 600 });
    expect(next.refreshToken).not.toBe(tokens.refreshToken);
    expect(sidOf(next)).toBe(sidOf(tokens));
    for (const { accessToken } of [tokens, next]) {
      await expect(node.call('auth.me', {}, { token: accessToken })).resolves.toEqual(signedIn(user));
    }
    await expect(refresh(next, other)).resolves.toBeDefined();
    expect(await eventsOf(tokens)).toEqual(['auth.session.opened.v1']);
  });

  it('AUTH-4: ends at once when a used token is used again, and no other session does', async () => {
    const { user, tokens } = await session();
    const bystander = await node.signIn(user.login, BEAK);
    const next = await refresh(tokens);
    await usedLongAgo(tokens);
    expect(await refusalOfRefresh(tokens)).toBe('invalid_token');
    expect(await refusalOfRefresh(next)).toBe('invalid_token');
    for (const { accessToken } of [tokens, next]) {
      expect(await node.refusal('auth.me', {}, { token: accessToken })).toBe('token_stale');
    }
    expect(await look.events(`session/${sidOf(tokens)}`)).toEqual([
      { type: 'auth.session.opened.v1', sequence: 1 },
      { type: 'auth.session.revoked.v1', sequence: 2 },
    ]);
    await expect(node.call('auth.me', {}, { token: bystander.accessToken })).resolves.toEqual(signedIn(user));
    await expect(refresh(bystander)).resolves.toBeDefined();
    // Nothing is left to end.
    const before = await look.state();
    expect(await refusalOfRefresh(tokens)).toBe('invalid_token');
    expect(await look.state()).toEqual(before);
  });

  it('AUTH-14: goes on with one successor when a token is used several times at the same moment, on two nodes', async () => {
    const { tokens } = await session();
    const results = await Promise.all([refresh(tokens), refresh(tokens, other), refresh(tokens)]);
    results.push(await refresh(tokens));
    expect(new Set(results.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect(new Set(results.map(sidOf))).toEqual(new Set([sidOf(tokens)]));
    for (const { accessToken } of results) {
      await expect(node.call('auth.me', {}, { token: accessToken })).resolves.toBeDefined();
    }
    // Two tabs go on, each with its own copy of the successor.
    const [one, two] = results;
    expect((await refresh(one)).refreshToken).toBe((await refresh(two)).refreshToken);
    expect(await eventsOf(tokens)).toEqual(['auth.session.opened.v1']);
  });

  it('AUTH-14: ends when a thief and its owner both go on with a successor', async () => {
    const { tokens } = await session();
    const [owner, thief] = [await refresh(tokens), await refresh(tokens)];
    const last = await refresh(owner);
    await usedLongAgo(owner);
    expect(await refusalOfRefresh(thief)).toBe('invalid_token');
    expect(await refusalOfRefresh(last)).toBe('invalid_token');
  });

  it('ends when a used token comes again whose successor was drawn, as in earlier releases', async () => {
    const { tokens } = await session();
    const next = await refresh(tokens);
    await look.rows('DELETE FROM refresh_token WHERE hash = $1', [hashOf(next.refreshToken)]);
    expect(await refusalOfRefresh(tokens)).toBe('invalid_token');
    expect(await eventsOf(tokens)).toEqual(['auth.session.opened.v1', 'auth.session.revoked.v1']);
  });

  it('AUTH-14: stores no token, used or not', async () => {
    const { tokens } = await session();
    const { refreshToken } = await refresh(tokens);
    const rows = await look.rows<{ row: string }>('SELECT t::text AS row FROM refresh_token t');
    const text = rows.map(({ row }) => row).join('\n');
    for (const token of [tokens.refreshToken, refreshToken]) {
      expect(text).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
      expect(text).toContain(hashOf(token).toString('hex'));
    }
  });

  it('AUTH-4: ends by signing out, once', async () => {
    const { tokens } = await session();
    const next = await refresh(tokens);
    await node.call('auth.logout', { refreshToken: next.refreshToken });
    expect(await node.refusal('auth.me', {}, { token: next.accessToken })).toBe('token_stale');
    expect(await refusalOfRefresh(next)).toBe('invalid_token');
    const before = await look.state();
    await node.call('auth.logout', { refreshToken: next.refreshToken });
    await node.call('auth.logout', { refreshToken: 'unknown' });
    expect(await look.state()).toEqual(before);
    expect(await eventsOf(tokens)).toEqual(['auth.session.opened.v1', 'auth.session.revoked.v1']);
  });

  it('is over if it was not refreshed for a month', async () => {
    const { tokens } = await session();
    await look.rows(`UPDATE refresh_token SET expires_at = now() - interval '1 second' WHERE hash = $1`, [
      createHash('sha256').update(tokens.refreshToken).digest(),
    ]);
    const before = await look.state();
    expect(await refusalOfRefresh(tokens)).toBe('token_expired');
    expect(await look.state()).toEqual(before);
  });

  it('is never continued by anything but its refresh token', async () => {
    const { tokens } = await session();
    const before = await look.state();
    for (const refreshToken of ['', 'x', tokens.accessToken, `${tokens.refreshToken}x`, '\u0000', '\uD800']) {
      expect(await node.refusal('auth.refresh', { refreshToken })).toBe('invalid_token');
    }
    expect(await node.refusal('auth.me', {}, { token: tokens.refreshToken })).toBe('invalid_token');
    expect(await look.state()).toEqual(before);
    await expect(refresh(tokens)).resolves.toBeDefined();
  });
});

describe('a caller who is not signed in', () => {
  it('gets no data of an account', async () => {
    expect(await node.refusal('auth.me')).toBe('unauthenticated');
    expect(await node.refusal('auth.list')).toBe('unauthenticated');
    expect(await node.refusal('auth.get', { id: 'no id at all' })).toBe('unauthenticated');
  });

  it('AUTH-1: gets the public keys, and no private one', async () => {
    const keys = platformOf(node.broker).identity.publicKeys().map(publicKeyOf);
    expect(keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.any(String),
        kid: expect.any(String),
        alg: 'EdDSA',
        use: 'sig',
      },
      {
        kty: 'RSA',
        n: expect.any(String),
        e: 'AQAB',
        kid: expect.any(String),
        alg: 'RS256',
        use: 'sig',
      },
    ]);
  });
});
