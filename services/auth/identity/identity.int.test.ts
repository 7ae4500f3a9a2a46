import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { sessionEntry, userEntry } from '#mixins/identity/access-token.ts';
import { IDENTITY_BUCKET, type Identity } from '#mixins/identity/identity.ts';
import { createIdentity } from '#mixins/identity/identity-view.ts';
import type { Config } from '../../../config.ts';
import { dropNamespace, testConfig } from '../../../test/harness/config.ts';
import { startNats, type TestServer, testServers } from '../../../test/harness/servers.ts';
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
import type { UserView } from '../users/user.ts';

let config: Config;
let node: AuthNode;
let look: Look;
const opened: { stop(): Promise<void> }[] = [];

async function open<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  opened.unshift(started);
  return started;
}

async function openBus(): Promise<Bus> {
  const bus = createBus(config);
  opened.unshift(bus);
  await bus.start();
  return bus;
}

/** A node that does not run auth. */
async function elsewhere(): Promise<Identity> {
  const identity = createIdentity(config, await openBus());
  opened.unshift(identity);
  await identity.start();
  return identity;
}

const refusalOf = (identity: Identity, token: string) =>
  identity.verify(token).then(
    () => undefined,
    (error: unknown) => (error as { type?: string }).type,
  );
const becomesStale = (identity: Identity, token: string) =>
  until(async () => (await refusalOf(identity, token)) === 'token_stale');

async function close(): Promise<void> {
  await look?.end();
  for (const each of opened.splice(0)) await each.stop();
}

async function signedIn(admin: Tokens): Promise<{ user: UserView; tokens: Tokens }> {
  const user = await register(node, admin.accessToken);
  return { user, tokens: await node.signIn(user.login, BEAK) };
}

describe('an empty database', () => {
  beforeEach(() => {
    config = testConfig({ adminBeak: ADMIN_BEAK });
  });

  afterEach(async () => {
    await close();
    await dropNamespace(config);
  });

  it('gets one admin and one key from any number of nodes', async () => {
    const nodes = await Promise.all([1, 2, 3].map(() => open(startAuth(config))));
    look = await lookInto(config);
    expect(await look.rows('SELECT login, roles, active FROM user_account')).toEqual([
      { login: config.adminLogin, roles: ['admin'], active: true },
    ]);
    expect(await look.rows('SELECT kid FROM signing_key')).toHaveLength(1);
    expect(await look.rows('SELECT type, actor_id FROM outbox ORDER BY position')).toEqual([
      { type: 'auth.signing-key.rotated.v1', actor_id: 'service:auth' },
      { type: 'auth.user.registered.v1', actor_id: 'service:auth' },
    ]);
    for (const each of nodes) {
      await until(async () => (await each.call<{ ready: boolean }>('auth.ready')).ready);
      expect(await each.call('auth.ready')).toEqual({ ready: true, adminExists: true });
    }
    const [one, two] = nodes as [AuthNode, AuthNode];
    const { accessToken } = await one.signIn();
    await until(async () => (await two.refusal('auth.me', {}, { token: accessToken })) === undefined);
  });

  it('gets an admin, whose beak is drawn and printed once at any log level if none is configured', async () => {
    config = { ...config, adminBeak: null, logLevel: 'fatal' };
    const lines: string[] = [];
    const spies = (['log', 'info', 'warn', 'error'] as const).map((method) =>
      jest.spyOn(console, method).mockImplementation((...words: unknown[]) => {
        lines.push(words.join(' '));
      }),
    );
    try {
      await (await startAuth(config)).stop();
      node = await open(startAuth(config));
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    const told = lines.filter((line) => line.includes('The beak of'));
    expect(told).toHaveLength(1);
    const beak = /: (\S{24})$/.exec(told[0] ?? '')?.[1] ?? '';
    await expect(node.signIn(config.adminLogin, beak)).resolves.toBeDefined();
    look = await lookInto(config);
    expect(JSON.stringify(await look.state())).not.toContain(beak);
  });
});

describe('ADMIN_BEAK', () => {
  it.each(['Password1', 'ADMIN'.padEnd(8, '.')])(
    'E14: stops the start if it is %s, and no admin is made',
    async (adminBeak) => {
      config = testConfig({ adminBeak, adminLogin: 'admin...' });
      try {
        await expect(startAuth(config)).rejects.toMatchObject({
          variable: 'ADMIN_BEAK',
          message: expect.not.stringContaining(adminBeak),
        });
        look = await lookInto(config);
        expect(await look.rows('SELECT login FROM user_account')).toEqual([]);
      } finally {
        await close();
        await dropNamespace(config);
      }
    },
  );
});

describe('another node', () => {
  let admin: Tokens;
  // This suite has its own server: nats-server 2.9.10 crashes when a stream is deleted during a
  // read, and the crash would end the server of all tests.
  let nats: TestServer;

  beforeAll(async () => {
    nats = await startNats();
    config = testConfig({ adminBeak: ADMIN_BEAK, natsUrls: [nats.url] });
    node = await open(startAuth(config));
    look = await lookInto(config);
    admin = await node.signIn();
  });

  afterAll(async () => {
    await close();
    await nats.dispose();
    await dropNamespace({ ...config, natsUrls: [testServers().natsUrl] });
  });

  it('AUTH-1: verifies a token as soon as it was issued', async () => {
    const identity = await elsewhere();
    const { user, tokens } = await signedIn(admin);
    await expect(identity.verify(tokens.accessToken)).resolves.toMatchObject({
      userId: user.id,
      login: user.login,
      roles: user.roles,
    });
  });

  it.each([
    ['other roles', { roles: ['boss'] }],
    ['a deactivation', { active: false }],
    ['a new beak', { beak: 'short and straight' }],
  ])('AUTH-4: refuses tokens within 5 seconds after %s', async (_, changes) => {
    const identity = await elsewhere();
    const { user, tokens } = await signedIn(admin);
    await identity.verify(tokens.accessToken);
    await node.call('auth.change', { id: user.id, ...changes }, { token: admin.accessToken });
    await becomesStale(identity, tokens.accessToken);
    await expect(identity.verify(admin.accessToken)).resolves.toBeDefined();
  });

  it('AUTH-4: refuses tokens within 5 seconds after a session ended by a sign-out or a reuse', async () => {
    const identity = await elsewhere();
    const [signedOut, stolen] = [await signedIn(admin), await signedIn(admin)];
    await node.call('auth.logout', { refreshToken: signedOut.tokens.refreshToken });
    await becomesStale(identity, signedOut.tokens.accessToken);
    for (let i = 0; i < 2; i++) {
      await node.refusal('auth.refresh', { refreshToken: stolen.tokens.refreshToken });
      // Sent again at once, it would give the same successor.
      await look.rows(`UPDATE refresh_token SET used_at = used_at - interval '21 seconds'`);
    }
    await becomesStale(identity, stolen.tokens.accessToken);
  });

  it('AUTH-7: goes on while auth is away, and can start then', async () => {
    const identity = await elsewhere();
    const [{ tokens }, gone] = [await signedIn(admin), await signedIn(admin)];
    await node.call('auth.change', { id: gone.user.id, active: false }, { token: admin.accessToken });
    await becomesStale(identity, gone.tokens.accessToken);
    opened.splice(opened.indexOf(node), 1);
    await node.stop();
    const started = await elsewhere();
    for (const each of [identity, started]) {
      await expect(each.verify(tokens.accessToken)).resolves.toBeDefined();
      expect(await refusalOf(each, gone.tokens.accessToken)).toBe('token_stale');
    }
    node = await open(startAuth(config));
  });

  it('AUTH-4: gets a change whose node died between the commit and the put', async () => {
    const identity = await elsewhere();
    const { user, tokens } = await signedIn(admin);
    await look.rows(
      `UPDATE identity_entry SET pending = true, version = 2, value = '{"version":2,"active":true}' WHERE key = $1`,
      [userEntry(user.id)],
    );
    await becomesStale(identity, tokens.accessToken);
    await until(async () => (await look.rows('SELECT 1 FROM identity_entry WHERE pending')).length === 0);
  });

  it('AUTH-4: gets entries that the bucket has lost when auth starts again', async () => {
    const { user, tokens } = await signedIn(admin);
    const { tokens: other } = await signedIn(admin);
    await node.call('auth.change', { id: user.id, roles: [] }, { token: admin.accessToken });
    await until(async () => (await look.rows('SELECT 1 FROM identity_entry WHERE pending')).length === 0);
    opened.splice(opened.indexOf(node), 1);
    await node.stop();
    const bus = await openBus();
    await (await bus.bucket(IDENTITY_BUCKET)).destroy();
    node = await open(startAuth(config));
    const identity = await elsewhere();
    await becomesStale(identity, tokens.accessToken);
    await expect(identity.verify(other.accessToken)).resolves.toBeDefined();
  });

  it('AUTH-4: gets entries that the bucket has lost while auth runs without other faults', async () => {
    const [{ user, tokens }, bystander] = [await signedIn(admin), await signedIn(admin)];
    await node.call('auth.change', { id: user.id, roles: [] }, { token: admin.accessToken });
    await until(async () => (await look.rows('SELECT 1 FROM identity_entry WHERE pending')).length === 0);
    await (await (await openBus()).bucket(IDENTITY_BUCKET)).destroy();
    const identity = await elsewhere();
    await becomesStale(identity, tokens.accessToken);
    await expect(identity.verify(bystander.tokens.accessToken)).resolves.toBeDefined();
  });

  it('no longer has entries of sessions whose tokens have all expired', async () => {
    const { tokens } = await signedIn(admin);
    const { sid } = decodeJwt<{ sid: string }>(tokens.accessToken);
    const kv = await (await openBus()).bucket(IDENTITY_BUCKET);
    await node.call('auth.logout', { refreshToken: tokens.refreshToken });
    await until(async () => (await kv.get(sessionEntry(sid))) !== null);
    const identity = await elsewhere();
    await look.rows(`UPDATE identity_entry SET expires_at = now() WHERE key = $1`, [sessionEntry(sid)]);
    await until(async () => (await kv.get(sessionEntry(sid))) === null);
    await until(
      async () =>
        (await look.rows('SELECT 1 FROM identity_entry WHERE key = $1', [sessionEntry(sid)])).length === 0,
    );
    await expect(identity.verify(admin.accessToken)).resolves.toBeDefined();
  });
});

describe('a broker that is away', () => {
  let nats: TestServer;

  beforeEach(async () => {
    nats = await startNats();
    config = testConfig({ adminBeak: ADMIN_BEAK, natsUrls: [nats.url] });
    node = await open(startAuth(config));
    look = await lookInto(config);
  });

  afterEach(async () => {
    await close();
    await nats.dispose();
  });

  it('AUTH-4: prevents no sign-in where auth runs; changes hold there at once, elsewhere when it is back', async () => {
    const admin = await node.signIn();
    const { user, tokens } = await signedIn(admin);
    const identity = await elsewhere();
    await nats.kill();
    const late = await node.signIn(user.login, BEAK);
    await node.call('auth.change', { id: user.id, active: false }, { token: admin.accessToken });
    for (const { accessToken } of [tokens, late]) {
      expect(await node.refusal('auth.me', {}, { token: accessToken })).toBe('token_stale');
      await expect(identity.verify(accessToken)).resolves.toBeDefined();
    }
    await nats.restart();
    for (const { accessToken } of [tokens, late]) await becomesStale(identity, accessToken);
    const id = randomUUID();
    expect(await node.refusal('auth.get', { id }, { token: admin.accessToken })).toBe('not_found');
  });
});
