import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { startNats, type TestServer } from '../../test/harness/servers.ts';
import { until } from '../../test/harness/wait.ts';
import { sessionEntry, userEntry } from './access-token.ts';
import { IDENTITY_BUCKET, type Identity } from './identity.ts';
import { createIdentity } from './identity-view.ts';
import { createTestIssuer, type TestIssuer } from './issuer.fixture.ts';

let config: Config;
let issuer: TestIssuer;
let writer: Bus;
const opened: { stop(): Promise<void> }[] = [];

async function openBus(): Promise<Bus> {
  const bus = createBus(config);
  await bus.start();
  opened.unshift(bus);
  return bus;
}

async function openIdentity(bus: Bus): Promise<Identity> {
  const identity = createIdentity(config, bus);
  await identity.start();
  opened.unshift(identity);
  return identity;
}

const put = async (key: string, value: object | string) =>
  (await writer.bucket(IDENTITY_BUCKET)).put(key, typeof value === 'string' ? value : JSON.stringify(value));
const refusalOf = async (identity: Identity, token: string) =>
  (
    await identity.verify(token).then(
      () => ({ type: undefined }),
      (error: unknown) => error as { type: string },
    )
  ).type;
const isStale = async (identity: Identity, token: string) =>
  (await refusalOf(identity, token)) === 'token_stale';

async function closeAll(): Promise<void> {
  for (const each of opened.splice(0)) await each.stop();
}

describe('a bucket that holds keys, users and revocations', () => {
  const userId = randomUUID();
  const sessionId = randomUUID();

  beforeEach(async () => {
    config = testConfig();
    writer = await openBus();
    issuer = await createTestIssuer(config.namespace);
    await put(...issuer.entry);
    await put(userEntry(userId), { version: 2, active: true });
    await put(sessionEntry(sessionId), { revoked: true });
    const kv = await writer.bucket(IDENTITY_BUCKET);
    const others = Array.from({ length: 300 }, () =>
      kv.put(userEntry(randomUUID()), '{"version":1,"active":true}'),
    );
    await Promise.all(others);
  });

  afterEach(async () => {
    await closeAll();
    await dropNamespace(config);
  });

  it('AUTH-7: is known completely as soon as a node has started', async () => {
    const identity = await openIdentity(await openBus());
    await expect(identity.verify(await issuer.token({ userId, version: 2 }))).resolves.toMatchObject({
      userId,
    });
    expect(await refusalOf(identity, await issuer.token({ userId, version: 1 }))).toBe('token_stale');
    expect(await refusalOf(identity, await issuer.token({ sessionId }))).toBe('token_stale');
  });

  it('AUTH-4: is followed: changes hold within 5 seconds on every node', async () => {
    const nodes = [await openIdentity(await openBus()), await openIdentity(await openBus())];
    const token = await issuer.token({ userId, version: 2 });
    for (const node of nodes) await node.verify(token);
    await put(userEntry(userId), { version: 3, active: true });
    for (const node of nodes) await until(() => isStale(node, token));
  });

  it('takes effect at once where the owner of the accounts runs', async () => {
    const identity = await openIdentity(await openBus());
    const token = await issuer.token({ userId, version: 2 });
    await identity.learn(userEntry(userId), { version: 3, active: true });
    expect(await isStale(identity, token)).toBe(true);
  });

  it('does not stop a node if an entry cannot be read', async () => {
    const identity = await openIdentity(await openBus());
    const token = await issuer.token();
    await put('key.broken', 'no JSON');
    await put(userEntry(userId), { version: 9, active: true });
    await until(async () => isStale(identity, await issuer.token({ userId })));
    await expect(identity.verify(token)).resolves.toBeDefined();
  });
});

describe('an empty bucket', () => {
  beforeEach(() => {
    config = testConfig();
  });

  afterEach(async () => {
    await closeAll();
    await dropNamespace(config);
  });

  it('lets a node start, which refuses every token until a key arrives', async () => {
    writer = await openBus();
    issuer = await createTestIssuer(config.namespace);
    const identity = await openIdentity(await openBus());
    const token = await issuer.token();
    expect(await refusalOf(identity, token)).toBe('invalid_token');
    await put(...issuer.entry);
    await until(async () => (await refusalOf(identity, token)) === undefined);
  });
});

describe('a broker that goes away', () => {
  let nats: TestServer;
  let identity: Identity;
  const userId = randomUUID();
  const sessionId = randomUUID();

  beforeEach(async () => {
    nats = await startNats();
    config = testConfig({ natsUrls: [nats.url] });
    writer = await openBus();
    issuer = await createTestIssuer(config.namespace);
    await put(...issuer.entry);
    identity = await openIdentity(await openBus());
  });

  afterEach(async () => {
    await closeAll();
    await nats.dispose();
  });

  it('AUTH-7: lets nodes verify tokens with what they have read', async () => {
    const token = await issuer.token();
    await nats.kill();
    await until(() => !writer.connected);
    await expect(identity.verify(token)).resolves.toBeDefined();
    expect(await refusalOf(identity, await (await createTestIssuer(config.namespace)).token())).toBe(
      'invalid_token',
    );
  });

  it('AUTH-4: hides no revocation that was written while it was restarting', async () => {
    const token = await issuer.token({ userId, sessionId });
    for (let round = 2; round < 5; round++) {
      await nats.kill();
      await until(() => !writer.connected);
      await nats.restart();
      await until(() => writer.connected, { every: 1 });
      // The first bus to return writes. The others may still be reconnecting, or watching with a
      // lost consumer.
      await until(() => put(userEntry(userId), { version: round, active: true }), { every: 1 });
      const old = await issuer.token({ userId, version: round - 1 });
      await until(() => isStale(identity, old), { what: `round ${round}` });
    }
    await put(sessionEntry(sessionId), { revoked: true });
    await until(() => isStale(identity, token));
  });

  it('AUTH-4: is noticed when it freezes: entries that were written meanwhile hold after it goes on', async () => {
    const token = await issuer.token({ userId });
    await nats.pause();
    await until(() => !writer.connected, { within: 15_000 });
    nats.resume();
    await until(() => put(userEntry(userId), { version: 2, active: true }), { every: 1 });
    await until(() => isStale(identity, token));
  });

  // This test has its own server: nats-server 2.9.10 crashes when a stream is deleted while it is
  // being read.
  it('is read again if its bucket was lost and made again, even with as many entries', async () => {
    const token = await issuer.token({ userId, version: 2 });
    await (await writer.bucket(IDENTITY_BUCKET)).destroy();
    await put(userEntry(userId), { version: 3, active: true });
    await until(() => isStale(identity, token));
    await expect(identity.verify(await issuer.token())).resolves.toBeDefined();
  });
});

describe('a bucket that cannot be read for a while', () => {
  it('G26: is logged when that begins, and when it is over', async () => {
    config = testConfig();
    writer = await openBus();
    let away = true;
    const bus = new Proxy(writer, {
      get(target, name) {
        if (name === 'bucket' && away) return () => Promise.reject(new Error('no answer'));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const lines: string[] = [];
    const log = (text: string) => void lines.push(text);
    const identity = createIdentity(config, bus, { info: log, warn: log });
    opened.unshift(identity);
    const started = identity.start();
    await until(() => lines.length > 0);
    expect(lines).toEqual(["The identity bucket can't be followed: no answer"]);
    away = false;
    await started;
    await until(() => lines.length > 1);
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^The identity bucket can't be followed: over after \d+ s$/),
    ]);
    await closeAll();
    await dropNamespace(config);
  });
});

describe('an entry that is not a key', () => {
  it('G26: is named in the log and skipped; later entries are followed', async () => {
    config = testConfig();
    writer = await openBus();
    const lines: string[] = [];
    const log = (text: string) => void lines.push(text);
    const identity = createIdentity(config, await openBus(), { info: log, warn: log });
    opened.unshift(identity);
    await identity.start();
    await put('key.bad', { kty: 'nobody' });
    await put('key.worse', { kty: 'nobody' });
    issuer = await createTestIssuer(config.namespace);
    await put(...issuer.entry);
    await until(() => identity.publicKeys().length > 0);
    expect(lines).toEqual([expect.stringMatching(/^key\.bad of the identity bucket is skipped: .*kty/)]);
    await closeAll();
    await dropNamespace(config);
  });
});
