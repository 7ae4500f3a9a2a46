import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { addressesOf } from '#mixins/database/address.ts';
import { provision } from '#mixins/database/provision.ts';
import { keyEntry, RETIRED_KEY } from '#mixins/identity/access-token.ts';
import { IDENTITY_BUCKET, type Identity } from '#mixins/identity/identity.ts';
import { createIdentity } from '#mixins/identity/identity-view.ts';
import { serviceCause } from '#mixins/identity/request.ts';
import type { LoopStats } from '#mixins/loops/loops.ts';
import { platformOf } from '#mixins/platform.ts';
import type { Config } from '../../../config.ts';
import { dropNamespace, testConfig } from '../../../test/harness/config.ts';
import { startNats, type TestServer } from '../../../test/harness/servers.ts';
import { until } from '../../../test/harness/wait.ts';
import { ADMIN_BEAK, type AuthNode, type Look, lookInto, startAuth } from '../auth.fixture.ts';
import type { Auth, Tokens } from '../context.ts';
import * as sealing from '../migrations/0006_seal_signing_key.ts';
import { readIdTokenKey } from '../oidc/issue-id-token.step.ts';
import provisionKeys from '../provision.handler.ts';
import restoreAuth from '../restore.client.ts';
import { ensureSigningKey } from './ensure-signing-key.handler.ts';
import { KeyVault } from './key-vault.client.ts';
import type { KeyView } from './list-keys.query.ts';
import { opens } from './reseal-keys.handler.ts';
import { type Rotation, rotateKeys } from './rotate-keys.handler.ts';
import { ABANDONED_AFTER_MS, PUBLISHED_BEFORE_MS, type StoredKey } from './signing-keys.ts';
import { turnKeysOnce } from './turn-keys.handler.ts';

const BY = 'operator:polly@the-tree';

let config: Config;
let look: Look;
const opened: { stop(): Promise<void> }[] = [];

async function open<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  opened.unshift(started);
  return started;
}

async function close(): Promise<void> {
  await look?.end();
  for (const each of opened.splice(0)) await each.stop();
}

async function stop(node: AuthNode): Promise<void> {
  opened.splice(opened.indexOf(node), 1);
  await node.stop();
}

async function openBus(): Promise<Bus> {
  const bus = createBus(config);
  opened.unshift(bus);
  await bus.start();
  return bus;
}

/** The identity of a node that does not run auth, such as a gateway. */
async function elsewhere(): Promise<Identity> {
  const identity = createIdentity(config, await openBus());
  opened.unshift(identity);
  await identity.start();
  return identity;
}

const rotate = (on: AuthNode, revoke = false) =>
  on.call<Rotation>('auth.operator.keys.rotate', { revoke, by: BY });
const kidOf = ({ accessToken }: Tokens) => decodeProtectedHeader(accessToken).kid;
const refusalOf = (identity: Identity, { accessToken }: Tokens) =>
  identity.verify(accessToken).then(
    () => undefined,
    (error: unknown) => (error as { type?: string }).type,
  );
const isRefused = (identity: Identity, tokens: Tokens) =>
  until(async () => (await refusalOf(identity, tokens)) === 'invalid_token');
const publishedBy = async (node: AuthNode) =>
  platformOf(node.broker)
    .identity.publicKeys()
    .filter(({ alg }) => alg === 'EdDSA')
    .map(({ kid }) => kid)
    .sort();
const believedBy = (identity: Identity) =>
  identity
    .publicKeys()
    .filter(({ alg }) => alg === 'EdDSA')
    .map(({ kid }) => kid)
    .sort();
const keys = (node: AuthNode) => node.call<KeyView[]>('auth.operator.keys.list');
const statesOf = async (node: AuthNode) =>
  Object.fromEntries((await keys(node)).map(({ kid, state }) => [kid, state]));
const signs = async (node: AuthNode) =>
  (await keys(node)).find(({ state }) => state === 'signing')?.kid ?? '';
const untilTold = (node: AuthNode, kid: string) =>
  until(async () => {
    await turn(node);
    return (await keys(node)).find((key) => key.kid === kid && key.inForce && key.signsFrom !== null);
  });
const rotations = () =>
  look.rows<{ sequence: number; actor_id: string; data: string }>(
    `SELECT sequence, actor_id, aggregate, encode(payload, 'escape') AS data FROM outbox
     WHERE type = 'auth.signing-key.rotated.v1' ORDER BY position`,
  );
const partsOf = (auth: AuthNode) => (auth.broker.getLocalService('auth') as unknown as { auth: Auth }).auth;

/** The step that each node performs by itself every second. */
const turn = (node: AuthNode) => turnKeysOnce(partsOf(node));

/** Moves the times of the keys back by this long. Their tokens stay as old as they are. */
const pass = (milliseconds: number) =>
  look.rows(
    `UPDATE signing_key SET signs_from = signs_from - $1 * interval '1 millisecond',
       retired_at = retired_at - $1 * interval '1 millisecond'`,
    [milliseconds],
  );
const TEN_MINUTES = PUBLISHED_BEFORE_MS;
const A_MINUTE = 60_000;

describe('two nodes of auth, and another node', () => {
  let one: AuthNode;
  let two: AuthNode;
  let gateway: Identity;
  /** The key that signs before each test. */
  let old: string;
  let before: Tokens;

  beforeAll(async () => {
    config = testConfig({ adminBeak: ADMIN_BEAK });
    [one, two] = await Promise.all([open(startAuth(config)), open(startAuth(config))]);
    look = await lookInto(config);
    gateway = await elsewhere();
  });

  /** Each test starts with a single key. */
  beforeEach(async () => {
    await until(async () => {
      await pass(TEN_MINUTES + A_MINUTE);
      await turn(one);
      return (await publishedBy(one)).length === 1 && (await publishedBy(two)).length === 1;
    });
    old = await signs(one);
    before = await one.signIn();
    expect(kidOf(before)).toBe(old);
  });

  afterAll(async () => {
    await close();
    await dropNamespace(config);
  });

  it('AUTH-1: every node has a new key before it signs anything', async () => {
    const asked = Date.now();
    const { kid, previousKids, begun } = await rotate(one);
    expect({ previousKids, begun }).toEqual({ previousKids: [old], begun: true });
    const told = await untilTold(two, kid);
    for (const node of [one, two]) {
      await until(async () => (await publishedBy(node)).includes(kid));
      expect(await publishedBy(node)).toEqual([old, kid].sort());
      expect(await statesOf(node)).toMatchObject({ [old]: 'signing', [kid]: 'published' });
      expect(kidOf(await node.signIn())).toBe(old);
    }
    await until(() => believedBy(gateway).includes(kid));
    // Other applications may cache the keys for so long, counted from their publication.
    const readable = Date.parse(told.signsFrom ?? '') - TEN_MINUTES;
    expect(readable).toBeGreaterThanOrEqual(asked);
    expect(readable).toBeLessThanOrEqual(Date.now());
  });

  it('AUTH-1: the new key signs on every node, and tokens of the old one stay valid until they expire', async () => {
    const begun = Date.now();
    const { kid } = await rotate(one);
    await untilTold(one, kid);
    await pass(TEN_MINUTES);
    for (const node of [one, two]) {
      const next = await node.signIn();
      expect(kidOf(next)).toBe(kid);
      await until(async () => (await refusalOf(gateway, next)) === undefined);
      await expect(node.call('auth.me', {}, { token: before.accessToken })).resolves.toBeDefined();
    }
    const refreshed = await two.call<Tokens>('auth.refresh', { refreshToken: before.refreshToken });
    expect(kidOf(refreshed)).toBe(kid);
    expect(await refusalOf(gateway, before)).toBeUndefined();
    // The last token was just signed: it lives 10 minutes, and clocks may differ by 10 seconds.
    const { retiredAt } = (await keys(one)).find((key) => key.kid === old) ?? {};
    const lastSigned = Date.parse(retiredAt ?? '') - 610_000;
    expect(lastSigned).toBeGreaterThanOrEqual(begun);
    expect(lastSigned).toBeLessThanOrEqual(Date.now());
  });

  it('AUTH-1: the old key is withdrawn by itself: no node trusts it, and its private half is deleted', async () => {
    const { kid } = await rotate(two);
    await untilTold(one, kid);
    await pass(TEN_MINUTES);
    await pass(TEN_MINUTES + A_MINUTE);
    await isRefused(gateway, before);
    for (const node of [one, two]) {
      await until(async () => (await publishedBy(node)).length === 1);
      expect(await publishedBy(node)).toEqual([kid]);
      expect(await node.refusal('auth.me', {}, { token: before.accessToken })).toBe('invalid_token');
      expect(await statesOf(node)).toMatchObject({ [old]: 'retired', [kid]: 'signing' });
    }
    const kv = await (await openBus()).bucket(IDENTITY_BUCKET);
    expect((await kv.get(keyEntry(old)))?.json()).toEqual(RETIRED_KEY);
    expect(await look.rows('SELECT private_jwk, private_jwe FROM signing_key WHERE kid = $1', [old])).toEqual(
      [{ private_jwk: null, private_jwe: null }],
    );
    // The session does not depend on the key.
    const refreshed = await one.call<Tokens>('auth.refresh', { refreshToken: before.refreshToken });
    expect(await refusalOf(gateway, refreshed)).toBeUndefined();
  });

  it('repeated requests on any node during a rotation give one rotation', async () => {
    const [told, count] = [await rotations(), (await keys(one)).length];
    const answers = await Promise.all([rotate(one), rotate(two), rotate(one), rotate(two)]);
    answers.push(await rotate(one));
    expect(new Set(answers.map(({ kid }) => kid)).size).toBe(1);
    expect(answers.filter(({ begun }) => begun)).toHaveLength(1);
    for (const { previousKids } of answers) expect(previousKids).toEqual([old]);
    expect(await keys(one)).toHaveLength(count + 1);
    expect(await rotations()).toHaveLength(told.length + 1);
  });

  it('a rotation may begin while the key before the last one is still trusted', async () => {
    const { kid: second } = await rotate(one);
    await untilTold(one, second);
    await pass(TEN_MINUTES);
    const middle = await one.signIn();
    const { kid: third, previousKids } = await rotate(two);
    expect([...previousKids].sort()).toEqual([old, second].sort());
    await untilTold(one, third);
    await pass(TEN_MINUTES);
    expect(await statesOf(one)).toMatchObject({
      [old]: 'believed',
      [second]: 'believed',
      [third]: 'signing',
    });
    expect(await refusalOf(gateway, before)).toBeUndefined();
    await pass(A_MINUTE);
    await turn(two);
    await isRefused(gateway, before);
    expect(await refusalOf(gateway, middle)).toBeUndefined();
    expect(kidOf(await two.signIn())).toBe(third);
  });

  it('AUTH-4: tokens of a revoked key are refused everywhere within 5 seconds, and users need not sign in again', async () => {
    const { kid: coming } = await rotate(one);
    await untilTold(one, coming);
    await until(() => believedBy(gateway).includes(coming));
    const { kid, previousKids } = await rotate(one, true);
    expect([...previousKids].sort()).toEqual([old, coming].sort());
    // The node that was asked refuses them at once.
    expect(await one.refusal('auth.me', {}, { token: before.accessToken })).toBe('invalid_token');
    await isRefused(gateway, before);
    await until(async () => (await two.refusal('auth.me', {}, { token: before.accessToken })) !== undefined);
    for (const node of [two, one]) {
      const next = await node.call<Tokens>('auth.refresh', { refreshToken: before.refreshToken });
      before = next;
      expect(kidOf(next)).toBe(kid);
      expect(kidOf(await node.signIn())).toBe(kid);
      await until(async () => (await refusalOf(gateway, next)) === undefined);
      expect(await publishedBy(node)).toEqual([kid]);
    }
    expect(believedBy(gateway)).toEqual([kid]);
    expect(await statesOf(two)).toMatchObject({ [old]: 'retired', [coming]: 'retired', [kid]: 'signing' });
  });

  it('AUTH-4: a revocation that is requested twice, on two nodes, leaves one key', async () => {
    const [first, second] = await Promise.all([rotate(one, true), rotate(two, true)]);
    const left = await signs(one);
    expect([first.kid, second.kid]).toContain(left);
    for (const kids of [() => believedBy(gateway), () => publishedBy(one), () => publishedBy(two)]) {
      await until(async () => (await kids()).join() === left);
    }
    const next = await two.signIn();
    expect(await refusalOf(gateway, next)).toBeUndefined();
  });

  it('AUD-1: a rotation gives an event with the operator and the ids of the keys, and no key', async () => {
    const count = (await rotations()).length;
    const ordinary = await rotate(one);
    const revocation = await rotate(two, true);
    const [first, second] = (await rotations()).slice(count);
    expect(first).toMatchObject({ aggregate: `signing-key/${config.namespace}`, actor_id: BY });
    expect(second).toMatchObject({ actor_id: BY, sequence: (first?.sequence ?? 0) + 1 });
    for (const kid of [ordinary.kid, old]) expect(first?.data).toContain(kid);
    for (const kid of [revocation.kid, ordinary.kid, old]) expect(second?.data).toContain(kid);
    const halves = await look.rows<{ jwe: string; x: string }>(
      `SELECT private_jwe AS jwe, public_jwk->>'x' AS x FROM signing_key WHERE private_jwe IS NOT NULL`,
    );
    for (const { jwe, x } of halves) {
      expect(`${first?.data} ${second?.data}`).not.toContain(jwe);
      expect(`${first?.data} ${second?.data}`).not.toContain(x);
    }
  });

  it('a rotation is refused to others than operators, and changes nothing', async () => {
    const state = await look.state();
    for (const params of [
      {},
      { revoke: true },
      { revoke: false, by: 'polly' },
      { revoke: 'yes', by: BY },
      { revoke: true, by: BY, kid: old },
    ]) {
      expect(await one.refusal('auth.operator.keys.rotate', params)).toMatch(
        /^(validation_failed|VALIDATION_ERROR)$/,
      );
    }
    expect(await look.state()).toEqual(state);
  });

  it('a rotation changes nothing if the node dies before its commit', async () => {
    const state = await look.state();
    const auth = partsOf(one);
    const dying: Auth = {
      ...auth,
      database: {
        ...auth.database,
        inTransaction: (work) =>
          auth.database.inTransaction(async (tx) => {
            await work(tx);
            throw new Error('killed');
          }),
      },
    };
    for (const takeover of ['overlap', 'revoke'] as const) {
      await expect(rotateKeys(dying, takeover, serviceCause('auth'))).rejects.toThrow('killed');
    }
    expect(await look.state()).toEqual(state);
    expect(await refusalOf(gateway, before)).toBeUndefined();
  });

  it('AUTH-7: a node that starts during a rotation, with auth away, trusts tokens of both keys', async () => {
    const { kid } = await rotate(one);
    await untilTold(one, kid);
    await pass(TEN_MINUTES);
    const next = await two.signIn();
    await Promise.all([stop(one), stop(two)]);
    const started = await elsewhere();
    for (const tokens of [before, next]) expect(await refusalOf(started, tokens)).toBeUndefined();
    [one, two] = await Promise.all([open(startAuth(config)), open(startAuth(config))]);
  });

  it('a rotation continues after its nodes have ended', async () => {
    // The key was published, but no node continued the rotation.
    const { kid } = await rotate(one);
    await untilTold(one, kid);
    await Promise.all([stop(one), stop(two)]);
    await look.rows('UPDATE signing_key SET signs_from = NULL WHERE kid = $1', [kid]);
    await look.rows('UPDATE signing_key SET retired_at = NULL WHERE kid = $1', [old]);
    one = await open(startAuth(config));
    await untilTold(one, kid);
    expect(kidOf(await one.signIn())).toBe(old);
    // The old key became due, but no node withdrew it.
    await stop(one);
    await pass(2 * TEN_MINUTES + A_MINUTE);
    expect(await refusalOf(gateway, before)).toBeUndefined();
    [one, two] = await Promise.all([open(startAuth(config)), open(startAuth(config))]);
    expect(kidOf(await one.signIn())).toBe(kid);
    await isRefused(gateway, before);
  });

  it('AUTH-4: a bucket that lost its tail brings no retired key back', async () => {
    await rotate(one, true);
    await isRefused(gateway, before);
    const kv = await (await openBus()).bucket(IDENTITY_BUCKET);
    const [{ jwk } = {}] = await look.rows<{ jwk: JWK }>(
      'SELECT public_jwk AS jwk FROM signing_key WHERE kid = $1',
      [old],
    );
    await until(async () => (await kv.get(keyEntry(old)))?.json<{ retired?: boolean }>().retired);
    await kv.put(keyEntry(old), JSON.stringify(jwk));
    const deceived = await elsewhere();
    expect(await refusalOf(deceived, before)).toBeUndefined();
    // A node that has received the retirement keeps to it. The others receive it when auth
    // reconnects.
    expect(await refusalOf(gateway, before)).toBe('invalid_token');
    await stop(two);
    two = await open(startAuth(config));
    await isRefused(deceived, before);
  });
});

describe('a broker that is away', () => {
  let nats: TestServer;
  let node: AuthNode;

  beforeEach(async () => {
    nats = await startNats();
    config = testConfig({ adminBeak: ADMIN_BEAK, natsUrls: [nats.url] });
    node = await open(startAuth(config));
    look = await lookInto(config);
  });

  afterEach(async () => {
    await close();
    await nats.dispose();
    await dropNamespace(testConfig({ namespace: config.namespace }));
  });

  it('AUTH-1: an unpublished key signs nothing, for any time and whichever nodes die meanwhile', async () => {
    const gateway = await elsewhere();
    const old = await signs(node);
    await nats.kill();
    const { kid } = await rotate(node);
    await pass(6 * TEN_MINUTES);
    expect(await statesOf(node)).toEqual({ [old]: 'signing', [kid]: 'published' });
    expect(kidOf(await node.signIn())).toBe(old);
    expect(await keys(node)).toMatchObject([{ kid: old }, { kid, signsFrom: null, inForce: false }]);
    await stop(node);
    await nats.restart();
    node = await open(startAuth(config));
    await untilTold(node, kid);
    await until(() => believedBy(gateway).includes(kid));
    expect(kidOf(await node.signIn())).toBe(old);
    await pass(TEN_MINUTES);
    const next = await node.signIn();
    expect([kidOf(next), await refusalOf(gateway, next)]).toEqual([kid, undefined]);
  });

  it('AUTH-4: a revocation holds at once where auth runs, and elsewhere within 5 seconds when the broker is back', async () => {
    const before = await node.signIn();
    const gateway = await elsewhere();
    await nats.kill();
    await rotate(node, true);
    expect(await node.refusal('auth.me', {}, { token: before.accessToken })).toBe('invalid_token');
    const next = await node.signIn();
    await expect(node.call('auth.me', {}, { token: next.accessToken })).resolves.toBeDefined();
    expect(await refusalOf(gateway, before)).toBeUndefined();
    await nats.restart();
    await isRefused(gateway, before);
    await until(async () => (await refusalOf(gateway, next)) === undefined);
    expect(await node.refusal('auth.me', {}, { token: before.accessToken })).toBe('invalid_token');
  });
});

describe('private halves', () => {
  let node: AuthNode;
  let auth: Auth;

  beforeAll(async () => {
    config = testConfig({ adminBeak: ADMIN_BEAK });
    node = await open(startAuth(config));
    look = await lookInto(config);
    auth = partsOf(node);
  });

  afterAll(async () => {
    await close();
    await dropNamespace(config);
  });

  const ensure = () => ensureSigningKey(auth, serviceCause('auth'));

  it('AUTH-1: are only stored sealed in the database', async () => {
    const [row] = await look.rows<{ private_jwk: unknown; private_jwe: string }>(
      'SELECT private_jwk, private_jwe FROM signing_key',
    );
    expect(row?.private_jwk).toBeNull();
    expect(decodeProtectedHeader(row?.private_jwe ?? '')).toMatchObject({ enc: 'A256GCM' });
    expect(await ensure()).toBeNull();
  });

  it('that an earlier release stored in plain are replaced by a sealed one, without effect on users', async () => {
    const plain = await keyInPlain();
    const run = async (sql: string) => void (await look.rows(sql));
    await sealing.down(run);
    await look.rows(
      'INSERT INTO signing_key (kid, public_jwk, private_jwk, signs_from) VALUES ($1, $2, $3, now())',
      [plain.kid, JSON.stringify(plain.publicJwk), JSON.stringify(plain.privateJwk)],
    );
    await sealing.up(run);
    const old = await signs(node);
    expect(old).toBe(plain.kid);
    expect(kidOf(await node.signIn())).toBe(old);
    // The node does so by itself, too.
    await ensure();
    expect(await ensure()).toBeNull();
    const states = await statesOf(node);
    const coming = Object.keys(states).filter((kid) => states[kid] === 'published');
    expect(coming).toHaveLength(1);
    expect(await signs(node)).toBe(old);
    await untilTold(node, coming[0] ?? '');
    await pass(2 * TEN_MINUTES + A_MINUTE);
    expect((await statesOf(node))[old]).toBe('retired');
    await turn(node);
    expect(await look.rows('SELECT 1 FROM signing_key WHERE private_jwk IS NOT NULL')).toEqual([]);
  });

  it('AUTH-15: that an earlier release made without a key for ID tokens are replaced, without effect on users', async () => {
    const [before, old] = [await node.signIn(), await signs(node)];
    await look.rows('UPDATE signing_key SET id_public_jwk = NULL, id_private_jwe = NULL');
    // The node does so by itself, too.
    await ensure();
    expect(await ensure()).toBeNull();
    const coming = await look.rows<{ kid: string }>(
      `SELECT id_public_jwk ->> 'kid' AS kid FROM signing_key WHERE id_private_jwe IS NOT NULL AND kid <> $1`,
      [old],
    );
    // It signs ID tokens at once, and access tokens later.
    const { kid } = await auth.database.inTransaction((tx) => readIdTokenKey(auth, tx));
    expect(coming).toEqual([{ kid }]);
    const { identity } = platformOf(node.broker);
    await until(() => identity.publicKeys().some((key) => key.kid === kid && key.alg === 'RS256'));
    expect(kidOf(await node.signIn())).toBe(old);
    await expect(node.call('auth.me', {}, { token: before.accessToken })).resolves.toBeDefined();
  });
});

describe('nodes of auth with different KEY_SECRETs', () => {
  const SECRETS = ['the secret of this system', 'the secret of another one'] as const;
  let node: AuthNode;

  beforeAll(async () => {
    config = testConfig({ adminBeak: ADMIN_BEAK, keySecret: SECRETS[0] });
    node = await open(startAuth(config));
    look = await lookInto(config);
  });

  afterAll(async () => {
    await close();
    await dropNamespace(config);
  });

  const other = () => ({ ...config, keySecret: SECRETS[1] });
  /** Makes the last recorded opening of each key this old. */
  const leave = (milliseconds: number) =>
    look.rows(`UPDATE signing_key SET opened_at = clock_timestamp() - $1 * interval '1 millisecond'`, [
      milliseconds,
    ]);
  const ensure = (keySecret: string) =>
    ensureSigningKey({ ...partsOf(node), vault: new KeyVault(keySecret) }, serviceCause('auth'));
  const holding = async () =>
    (await node.call<LoopStats[]>('auth.loops.stats')).find(({ loop }) => loop === 'auth-hold-key');

  it('F19: one that joins ends with the name of the variable, and replaces no key', async () => {
    const before = await signs(node);
    const state = await look.state();
    await expect(startAuth(other())).rejects.toThrow('KEY_SECRET is "***", but should be that of the nodes');
    expect(await look.state()).toEqual(state);
    expect(kidOf(await node.signIn())).toBe(before);
  });

  it('A2: one whose key another replaced while it was frozen is stalled, and signs again when it is alone', async () => {
    const before = await node.signIn();
    const made = await until(async () => {
      await leave(ABANDONED_AFTER_MS);
      const both = await Promise.allSettled([ensure(SECRETS[1]), ensure(SECRETS[1])]);
      const keysMade = both.flatMap((each) => (each.status === 'fulfilled' && each.value) || []);
      return keysMade.length > 0 && keysMade;
    });
    // One of two concurrent calls makes the key and continues.
    await leave(-A_MINUTE);
    expect(made).toEqual([expect.objectContaining({ reason: 'unreadable', previousKids: [kidOf(before)] })]);
    expect(await signs(node)).toBe(made[0]?.kid);
    await expect(node.call('auth.me', {}, { token: before.accessToken })).resolves.toBeDefined();
    // The node opens no session for which it could not sign tokens.
    const [tokens, state] = [{ refreshToken: before.refreshToken }, await look.state()];
    expect(await node.refusal('auth.login', { login: config.adminLogin, beak: ADMIN_BEAK })).toBe(
      'service_unavailable',
    );
    expect(await node.refusal('auth.refresh', tokens)).toBe('service_unavailable');
    expect(await look.state()).toEqual(state);
    await until(async () => (await holding())?.state === 'waiting');
    expect(await holding()).toMatchObject({ reason: expect.stringMatching(/^KEY_SECRET is "\*\*\*"/) });
    await leave(ABANDONED_AFTER_MS);
    await until(async () => (await holding())?.state === 'idle');
    await expect(node.call('auth.refresh', tokens)).resolves.toBeDefined();
    await expect(node.call('auth.me', {}, { token: before.accessToken })).resolves.toBeDefined();
  });

  it('F19: all nodes restarted with a new one make a key as soon as the others have ended; tokens stay valid', async () => {
    const before = await node.signIn();
    await stop(node);
    await leave(ABANDONED_AFTER_MS - 2_000);
    const [one, two] = await Promise.all([open(startAuth(other())), open(startAuth(other()))]);
    const after = await one.signIn();
    expect(kidOf(after)).not.toBe(kidOf(before));
    expect(kidOf(await two.signIn())).toBe(kidOf(after));
    await expect(two.call('auth.me', {}, { token: before.accessToken })).resolves.toBeDefined();
  });
});

describe('keys that an earlier release sealed with the password of DATABASE_URL', () => {
  const KEY_SECRET = 'the secret of this system';

  beforeAll(async () => {
    config = testConfig({ adminBeak: ADMIN_BEAK });
    await stop(await open(startAuth(config)));
    look = await lookInto(config);
  });

  afterAll(async () => {
    await close();
    await dropNamespace(config);
  });

  const password = () => decodeURIComponent(new URL(config.databaseUrl ?? '').password);
  const stored = () =>
    look.rows<StoredKey>(
      `SELECT kid, private_jwk AS "privateJwk", private_jwe AS "privateJwe", signs_from AS "signsFrom",
         retired_at AS "retiredAt", opened_at AS "openedAt", public_jwk AS "publicJwk",
         id_public_jwk AS "idPublicJwk", id_private_jwe AS "idPrivateJwe" FROM signing_key`,
    );
  /** Seals all keys as that release did. */
  async function asBefore(from: KeyVault): Promise<void> {
    for (const key of await stored()) {
      const sealed = await new KeyVault(password()).reseal(key, from);
      await look.rows('UPDATE signing_key SET private_jwe = $2, id_private_jwe = $3 WHERE kid = $1', [
        key.kid,
        sealed.privateJwe,
        sealed.idPrivateJwe,
      ]);
    }
  }
  async function openable(secret: string): Promise<boolean[]> {
    const vault = new KeyVault(secret);
    return Promise.all((await stored()).map((key) => opens(vault, key)));
  }
  async function kept(): Promise<string> {
    const [row] = await look.rows<{ value: string }>(
      `SELECT value FROM provision.secret WHERE name = 'key-secret'`,
    );
    return row?.value ?? '';
  }

  it('F19: are sealed again by a starting node with KEY_SECRET, and go on signing; tokens stay valid', async () => {
    const [before] = await stored();
    await asBefore(new KeyVault(await kept()));
    expect(await openable(password())).toEqual([true]);
    const node = await open(startAuth({ ...config, keySecret: KEY_SECRET }));
    expect(kidOf(await node.signIn())).toBe(before?.kid);
    expect(await openable(KEY_SECRET)).toEqual([true]);
    expect([await openable(password()), await openable(await kept())]).toEqual([[false], [false]]);
    await stop(node);
  });

  it('F19: are sealed again by a node without KEY_SECRET, with a secret that its role cannot read', async () => {
    const [before] = await stored();
    await asBefore(new KeyVault(KEY_SECRET));
    const node = await open(startAuth(config));
    expect(kidOf(await node.signIn())).toBe(before?.kid);
    expect([await openable(password()), await openable(await kept())]).toEqual([[false], [true]]);
    await expect(partsOf(node).database.rows('SELECT value FROM provision.secret')).rejects.toThrow(
      'permission denied',
    );
    await stop(node);
  });

  it('F19: are sealed again by the provisioning step, once', async () => {
    await asBefore(new KeyVault(await kept()));
    const node = await open(startAuth({ ...config, keySecret: null }));
    await asBefore(new KeyVault(await kept()));
    const said: string[] = [];
    const step = {
      config: { ...config, keySecret: KEY_SECRET },
      print: (line: string) => said.push(line),
    };
    const { database } = partsOf(node);
    expect(await provisionKeys(step, database)).toEqual({ KEY_SECRET });
    await provisionKeys(step, database);
    expect(said).toEqual([expect.stringContaining('sealed 1 signing keys again')]);
    expect([await openable(password()), await openable(KEY_SECRET)]).toEqual([[false], [true]]);
    await stop(node);
  });

  it('F19: are not replaced by a node that lacks the KEY_SECRET of the others; nothing changes', async () => {
    const state = await look.state();
    await expect(startAuth(config)).rejects.toThrow('KEY_SECRET is "", but should be set');
    expect(await look.state()).toEqual(state);
  });

  it('F19: a node whose role owns nothing needs KEY_SECRET, and signs with it', async () => {
    const database = await provision(addressesOf(config, 'auth'));
    const url = new URL(config.databaseUrl ?? '');
    url.username = database.runtime.user;
    url.password = String(database.runtime.password);
    url.pathname = `/${database.runtime.database}`;
    const modest = { ...config, serviceDatabaseUrls: { auth: url.href } };
    await expect(startAuth(modest)).rejects.toThrow('KEY_SECRET');
    const [before] = await stored();
    const node = await open(startAuth({ ...modest, databaseUrl: null, keySecret: KEY_SECRET }));
    expect(kidOf(await node.signIn())).toBe(before?.kid);
  });

  it('F19: open with the secret of an embedded system, which a restore keeps in the database', async () => {
    const [before] = await stored();
    const read = (name: string) => (name === 'key-secret' ? `${KEY_SECRET}\n` : null);
    const written = new Map<string, string>();
    const write = (name: string, content: string) => void written.set(name, content);
    await restoreAuth({ config: { ...config, databaseUrl: null }, read, write });
    expect(await kept()).not.toBe(KEY_SECRET);
    await restoreAuth({ config, read, write });
    expect([...written.keys()]).toEqual(['admin-made']);
    const node = await open(startAuth(config));
    expect(kidOf(await node.signIn())).toBe(before?.kid);
    await stop(node);
  });
});

/** Stores a key in plain text, as the release before did. */
async function keyInPlain() {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const named = { kid: randomUUID(), alg: 'EdDSA' };
  return {
    kid: named.kid,
    publicJwk: { ...(await exportJWK(pair.publicKey)), ...named, use: 'sig' },
    privateJwk: { ...(await exportJWK(pair.privateKey)), ...named },
  };
}
