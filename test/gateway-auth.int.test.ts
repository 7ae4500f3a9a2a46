/**
 * AUTH-4 for clients: each gateway decides what an account may do, without a call to another
 * service.
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import type { ServiceSchema } from 'moleculer';
import type { AccessClaims } from '#mixins/identity/access-token.ts';
import { issueAccessToken } from '#mixins/identity/issue.ts';
import { loadActionContracts } from '#schemas/load.ts';
import type { Config } from '../config.ts';
import type { AuditItem } from '../services/audit/record.ts';
import { lookInto } from '../services/auth/auth.fixture.ts';
import type { Auth } from '../services/auth/context.ts';
import { readSigningKey } from '../services/auth/sessions/issue-tokens.step.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { gatewayService } from '../services/gateway/gateway.service.ts';
import { Client, type User } from './e2e/client.ts';
import { TOYS } from './gateway.fixture.ts';
import { startNode, type TestNode } from './harness/broker.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { startNats, type TestServer } from './harness/servers.ts';
import { until } from './harness/wait.ts';

const CONTRACTS = [TOYS.list, TOYS.change, ...(await loadActionContracts())];
const TOY = `/toys/${randomUUID()}`;

const NOTED = { params: {}, roles: [] };

/** Runs beside each gateway, so that its answers show the state of this gateway. */
const toys: ServiceSchema = {
  name: 'toy',
  actions: {
    list: { ...TOYS.list, handler: () => NOTED },
    change: { ...TOYS.change, handler: () => NOTED },
  },
};

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Gateway extends TestNode {
  readonly root: string;
  /** Sends a request without a token. */
  readonly anyone: Client;
  as(tokens: Tokens): Client;
}

let nats: TestServer;
let config: Config;
let auth: TestNode | undefined;
let gateways: [Gateway, Gateway];
let admin: Tokens;

async function startGateway(): Promise<Gateway> {
  const node = await startNode(config, [toys, gatewayService({ contracts: CONTRACTS, services: [] })]);
  const { server } = node.broker.getLocalService('gateway') as unknown as {
    server: { address(): AddressInfo };
  };
  const root = `http://127.0.0.1:${server.address().port}`;
  const api = `${root}/api/v1`;
  return { ...node, root, anyone: new Client(api), as: ({ accessToken }) => new Client(api, accessToken) };
}

async function startAuth(): Promise<TestNode> {
  const node = await startNode(config, ['auth', 'audit']);
  await until(async () => (await node.broker.call<{ ready: boolean }>('auth.ready')).ready);
  return node;
}

const signIn = (login: string, beak: string, gateway = gateways[0]) =>
  until(() => gateway.anyone.expect<Tokens>(200, 'POST', '/auth/login', { login, beak }), {
    what: `${login} to sign in`,
  });

/** Tokens as auth would have issued them that many hours earlier. */
async function agedBy(hours: number, { accessToken }: Tokens): Promise<Tokens> {
  const service = auth?.broker.getLocalService('auth');
  const { auth: parts } = service as unknown as { auth: Auth };
  const key = await parts.database.inTransaction((tx) => readSigningKey(parts, tx));
  const { sub, sid, ver, login, name, roles } = decodeJwt<AccessClaims>(accessToken);
  const subject = { userId: sub, sessionId: sid, version: ver, login, name, roles };
  const now = Date.now() - hours * 3_600_000;
  return {
    accessToken: await issueAccessToken(key, config.namespace, subject, randomUUID(), now),
    refreshToken: '',
  };
}

let people = 0;

async function newcomer(
  roles: readonly string[] = ['manager'],
): Promise<{ user: User; beak: string; tokens: Tokens }> {
  const login = `popug-${++people}`;
  const beak = 'long and crooked';
  const user = await gateways[0].as(admin).expect<User>(201, 'POST', '/users', {
    login,
    name: login,
    email: `${login}@popug.test`,
    roles,
    beak,
  });
  return { user, beak, tokens: await signIn(login, beak, gateways[1]) };
}

/** Status and code of the answer to a call that stays on the gateway's node. */
async function answerOf(gateway: Gateway, tokens: Tokens, method = 'GET', path = '/toys') {
  const { status, body } = await gateway.as(tokens).request<{ code?: string }>(method, path);
  return `${status} ${body?.code ?? ''}`.trim();
}

const onBoth = (tokens: Tokens, answer: string) =>
  Promise.all(
    gateways.map((gateway, index) =>
      until(async () => (await answerOf(gateway, tokens)) === answer, {
        what: `${answer} from gateway ${index}`,
      }),
    ),
  );

beforeAll(async () => {
  nats = await startNats();
  config = testConfig({ adminBeak: ADMIN_BEAK, natsUrls: [nats.url], logLevel: 'fatal' });
  [auth, ...gateways] = await Promise.all([startAuth(), startGateway(), startGateway()]);
  admin = await signIn(config.adminLogin, ADMIN_BEAK);
  await onBoth(admin, '200');
}, 60_000);

afterAll(async () => {
  await Promise.all([...(gateways ?? []), auth].map((node) => node?.stop()));
  await nats?.dispose();
  // Its streams are gone with the server; the databases are on the shared one.
  await dropNamespace({ ...testConfig(), namespace: config.namespace });
});

describe('two gateways', () => {
  it.each([
    ['other roles', { roles: ['developer'] }],
    ['a deactivation', { active: false }],
    ['a new beak', { beak: 'short and straight' }],
  ])(
    'AUTH-4: both refuse earlier tokens within 5 seconds after %s, and no tokens of others',
    async (_, changes) => {
      const [{ user, tokens }, bystander] = [await newcomer(), await newcomer()];
      await onBoth(tokens, '200');
      expect(await answerOf(gateways[1], tokens, 'PATCH', TOY)).toBe('200');
      await gateways[0].as(admin).expect(200, 'PATCH', `/users/${user.id}`, changes);
      await onBoth(tokens, '401 token_stale');
      expect(await answerOf(gateways[1], tokens, 'PATCH', TOY)).toBe('401 token_stale');
      await onBoth(bystander.tokens, '200');
    },
  );

  it('AUTH-4: both use the new roles as soon as the client has refreshed', async () => {
    const { user, tokens } = await newcomer(['developer']);
    expect(await answerOf(gateways[0], tokens, 'PATCH', TOY)).toBe('403 forbidden');
    await gateways[1].as(admin).expect(200, 'PATCH', `/users/${user.id}`, { roles: ['manager'] });
    const { refreshToken } = tokens;
    const next = await gateways[1].anyone.expect<Tokens>(200, 'POST', '/auth/refresh', { refreshToken });
    for (const gateway of gateways) expect(await answerOf(gateway, next, 'PATCH', TOY)).toBe('200');
  });

  it('AUTH-4: both refuse a session within 5 seconds after its sign-out, and no other session', async () => {
    const { user, beak, tokens } = await newcomer();
    const elsewhere = await signIn(user.login, beak);
    await onBoth(tokens, '200');
    await gateways[1].anyone.expect(204, 'POST', '/auth/logout', { refreshToken: tokens.refreshToken });
    await onBoth(tokens, '401 token_stale');
    await onBoth(elsewhere, '200');
  });

  it('AUTH-4: both refuse a session within 5 seconds after its refresh token was used twice', async () => {
    const { tokens } = await newcomer();
    const { refreshToken } = tokens;
    const next = await gateways[0].anyone.expect<Tokens>(200, 'POST', '/auth/refresh', { refreshToken });
    // Sent again at once, it would give the same successor.
    const look = await lookInto(config);
    await look.rows(`UPDATE refresh_token SET used_at = used_at - interval '21 seconds'`);
    await look.end();
    await gateways[1].anyone.expect(401, 'POST', '/auth/refresh', { refreshToken });
    await onBoth(tokens, '401 token_stale');
    await onBoth(next, '401 token_stale');
  });

  it('AUTH-4: both refuse tokens of a revoked key within 5 seconds; the log has the operator, and the keys before and after', async () => {
    const { tokens } = await newcomer();
    await onBoth(tokens, '200');
    const published = async (gateway: Gateway) => {
      const response = await fetch(`${gateway.root}/.well-known/jwks.json`);
      return ((await response.json()) as JSONWebKeySet).keys
        .filter(({ alg }) => alg === 'EdDSA')
        .map(({ kid }) => kid ?? '');
    };
    const [old = ''] = await published(gateways[0]);
    const by = 'operator:polly@the-tree';
    const { kid } = await gateways[0].broker.call<{ kid: string }, object>('auth.operator.keys.rotate', {
      revoke: true,
      by,
    });
    await onBoth(tokens, '401 invalid_token');
    await onBoth(admin, '401 invalid_token');
    for (const gateway of gateways) expect(await published(gateway)).toEqual([kid]);
    const { refreshToken } = tokens;
    const next = await gateways[1].anyone.expect<Tokens>(200, 'POST', '/auth/refresh', { refreshToken });
    await onBoth(next, '200');
    admin = await signIn(config.adminLogin, ADMIN_BEAK);
    const [rotated] = await until(async () => {
      const path = `/audit?type=auth.signing-key.rotated.v1&actor=${encodeURIComponent(by)}`;
      const items = await gateways[0].as(admin).all<AuditItem>(path);
      // What was before is there as soon as the event before has arrived, too.
      return items[0]?.before != null && items;
    });
    const issuer = config.namespace;
    expect(rotated).toMatchObject({
      subject: `signing-key/${issuer}`,
      actor: by,
      before: { issuer, kid: old, previousKids: [], revoked: false },
      after: { issuer, kid, previousKids: [old], revoked: true },
    });
  });

  it('AUTH-1: other applications verify tokens with the public keys alone', async () => {
    const { user, tokens } = await newcomer();
    const response = await fetch(`${gateways[1].root}/.well-known/jwks.json`);
    const verified = await jwtVerify(
      tokens.accessToken,
      createLocalJWKSet((await response.json()) as JSONWebKeySet),
      { issuer: config.namespace, audience: config.namespace, typ: 'at+jwt', algorithms: ['EdDSA'] },
    );
    expect(verified.payload).toMatchObject({ sub: user.id, roles: ['manager'] });
  });

  it('AUTH-1: both give a guesser the same answer for every login, and block further guesses in the same way', async () => {
    const { user } = await newcomer();
    const { user: gone, beak } = await newcomer();
    await gateways[0].as(admin).expect(200, 'PATCH', `/users/${gone.id}`, { active: false });
    const guess = async (gateway: Gateway, login: string, guessed = 'wrong') => {
      const { status, headers, body } = await gateway.anyone.request<object>('POST', '/auth/login', {
        login,
        beak: guessed,
      });
      const wait = headers.get('retry-after');
      const names = [...headers.keys()].sort();
      return { status, wait, names, body: { ...body, instance: '', requestId: '' } };
    };
    const refused = await guess(gateways[0], user.login);
    expect(refused).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } });
    expect(await guess(gateways[1], gone.login, beak)).toEqual(refused);
    const nobody = `nobody-${randomUUID()}`;
    for (let times = 0; times < 10; times++) {
      for (const login of [nobody, ...(times === 0 ? [] : [user.login])]) {
        expect(await guess(gateways[times % 2] ?? gateways[0], login)).toEqual(refused);
      }
    }
    for (const gateway of gateways) {
      const [known, unknown] = [await guess(gateway, user.login, beak), await guess(gateway, nobody, beak)];
      expect(known).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
      expect(Number(known.wait)).toBeGreaterThan(0);
      expect({ ...unknown, wait: known.wait }).toEqual(known);
    }
  });

  it('AUTH-7: with auth away, users who are signed in go on, also on a gateway that starts then; refused users stay refused', async () => {
    const [here, gone] = [await newcomer(), await newcomer()];
    await gateways[0].as(admin).expect(200, 'PATCH', `/users/${gone.user.id}`, { active: false });
    await onBoth(gone.tokens, '401 token_stale');
    const expired = await agedBy(1, here.tokens);
    const tooOld = await agedBy(13, here.tokens);
    const expiredOfGone = await agedBy(1, gone.tokens);
    // While auth is there, it refuses them: people refresh their tokens.
    for (const each of [expired, tooOld, expiredOfGone]) await onBoth(each, '401 token_expired');
    await auth?.stop();
    auth = undefined;
    const late = await startGateway();
    try {
      // A gateway that was just answered by auth believes this answer for a second.
      await onBoth(expired, '200');
      for (const gateway of [...gateways, late]) {
        expect(await answerOf(gateway, here.tokens)).toBe('200');
        expect(await answerOf(gateway, here.tokens, 'PATCH', TOY)).toBe('200');
        expect(await answerOf(gateway, gone.tokens)).toBe('401 token_stale');
        expect(await answerOf(gateway, expired)).toBe('200');
        expect(await answerOf(gateway, tooOld)).toBe('401 token_expired');
        expect(await answerOf(gateway, expiredOfGone)).toBe('401 token_stale');
        const jwks = await fetch(`${gateway.root}/.well-known/jwks.json`);
        expect(((await jwks.json()) as JSONWebKeySet).keys.length).toBeGreaterThan(0);
      }
      const { login } = here.user;
      const { status } = await late.anyone.request('POST', '/auth/login', { login, beak: here.beak });
      expect(status).toBe(503);
    } finally {
      await late.stop();
      auth = await startAuth();
    }
    await signIn(here.user.login, here.beak);
    await onBoth(expired, '401 token_expired');
  });
});

describe('a broker that restarts', () => {
  it('AUTH-4: hides no change: both gateways apply changes from before and during its absence within 5 seconds of its return', async () => {
    const [before, during, bystander] = [await newcomer(), await newcomer(), await newcomer()];
    for (const { tokens } of [before, during, bystander]) await onBoth(tokens, '200');
    await gateways[0].as(admin).expect(200, 'PATCH', `/users/${before.user.id}`, { roles: [] });
    await nats.kill();
    // Where auth runs, it can still be told so.
    const meta = { token: admin.accessToken };
    await auth?.broker.call('auth.change', { id: during.user.id, active: false }, { meta });
    // Nobody has told them, and nobody can.
    for (const gateway of gateways) expect(await answerOf(gateway, during.tokens)).toBe('200');
    await nats.restart();
    await Promise.all([before, during].map(({ tokens }) => onBoth(tokens, '401 token_stale')));
    await onBoth(bystander.tokens, '200');
  });
});
