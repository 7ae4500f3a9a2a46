import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceSchema } from 'moleculer';
import { platformOf } from '#mixins/platform.ts';
import type { Config } from '../../config.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import { ownParams } from './authorization.middleware.ts';
import { IDENTITY_BUCKET, type RequestContext } from './identity.ts';
import { createTestIssuer, type TestIssuer } from './issuer.fixture.ts';
import { actorOf, causeOf, requestOf } from './request.ts';

const params = { $$strict: true, size: { type: 'number' } };
const seen = (ctx: RequestContext) => ({ params: ctx.params, role: (ctx.params as { role?: unknown }).role });
const trees: ServiceSchema = {
  name: 'trees',
  actions: {
    open: {
      access: 'anyone',
      params,
      handler: (ctx: RequestContext) => ({ ...seen(ctx), cause: causeOf(ctx) }),
    },
    actor: { access: 'anyone', handler: (ctx: RequestContext) => actorOf(ctx) },
    climb: { access: 'signed-in', params, handler: (ctx: RequestContext) => requestOf(ctx) },
    fell: { access: ['admin', 'manager'], params, handler: (ctx: RequestContext) => seen(ctx) },
    free: { access: 'anyone', handler: (ctx: RequestContext) => seen(ctx) },
  },
};

let config: Config;
let here: TestNode;
let caller: TestNode;
let issuer: TestIssuer;

beforeAll(async () => {
  config = testConfig();
  [here, caller] = await Promise.all([startNode(config, [trees]), startNode(config, [])]);
  issuer = await createTestIssuer(config.namespace);
  await (await platformOf(here.broker).bus.bucket(IDENTITY_BUCKET)).put(...issuer.entry);
  await caller.broker.waitForServices('trees');
  const token = await issuer.token();
  await until(() => platformOf(here.broker).identity.verify(token));
});

afterAll(async () => {
  await caller?.stop();
  await here?.stop();
  await dropNamespace(config);
});

const nodes = () => [here, caller];
const outcome = async (node: TestNode, action: string, what: object, meta: object = {}) =>
  node.broker.call<unknown, object>(action, what, { meta }).then(
    () => 'done',
    (error: unknown) => (error as { type: string }).type,
  );

describe('an action with roles, called on its own node and from another', () => {
  it('refuses first callers without a token, then wrong roles, then invalid params', async () => {
    const invalid = { size: 'tall', more: 1 };
    const developer = await issuer.token({ roles: ['developer'] });
    const manager = await issuer.token({ roles: ['boss', 'manager'] });
    for (const node of nodes()) {
      expect(await outcome(node, 'trees.fell', invalid)).toBe('unauthenticated');
      expect(await outcome(node, 'trees.fell', invalid, { token: '' })).toBe('unauthenticated');
      expect(await outcome(node, 'trees.fell', invalid, { token: 'x' })).toBe('invalid_token');
      expect(await outcome(node, 'trees.fell', invalid, { token: developer })).toBe('forbidden');
      expect(await outcome(node, 'trees.fell', invalid, { token: manager })).toMatch(
        /VALIDATION_ERROR|validation_failed/,
      );
      expect(await outcome(node, 'trees.fell', { size: 1 }, { token: manager })).toBe('done');
    }
  });

  it('ignores all that a caller states about itself', async () => {
    const forged = { user: { roles: ['admin'] }, actor: { roles: ['admin'] }, roles: ['admin'] };
    for (const node of nodes())
      expect(await outcome(node, 'trees.fell', { size: 1 }, forged)).toBe('unauthenticated');
  });
});

describe('an action for all who are signed in', () => {
  it('gets the actor, the address, the correlation and the idempotency key', async () => {
    const token = await issuer.token({ userId: 'u-1', login: 'polly' });
    const meta = { token, address: '192.0.2.7', requestId: 'r-1', idempotencyKey: 'k-1', traceparent: 't-1' };
    for (const node of nodes()) {
      expect(await node.broker.call('trees.climb', { size: 1 }, { meta })).toEqual({
        actor: expect.objectContaining({ userId: 'u-1', login: 'polly' }),
        cause: {
          actorId: 'u-1',
          actorAddress: '192.0.2.7',
          correlationId: 'r-1',
          causationId: null,
          traceparent: 't-1',
        },
        idempotency: {
          userId: 'u-1',
          route: 'trees.climb',
          key: 'k-1',
          fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      });
      const { idempotencyKey: _, ...without } = meta;
      expect(await node.broker.call('trees.climb', { size: 1 }, { meta: without })).toMatchObject({
        idempotency: null,
      });
    }
  });
});

describe('an action for anyone', () => {
  it('has no actor, with any token', async () => {
    const token = await issuer.token();
    for (const node of nodes()) {
      expect(await node.broker.call('trees.open', { size: 1 }, { meta: { token } })).toMatchObject({
        cause: { actorId: 'anonymous', actorAddress: null, causationId: null },
      });
      expect(await outcome(node, 'trees.actor', {}, { token })).toBe('unauthenticated');
    }
  });
});

describe('params', () => {
  it('have only own properties, however they were sent', async () => {
    const sent = JSON.parse(
      '{"size":1,"__proto__":{"role":"admin"},"inner":{"__proto__":{"role":"admin"}}}',
    ) as object;
    const inherited = Object.assign({}, sent);
    for (const node of nodes()) {
      for (const what of [sent, inherited]) {
        const answer = await node.broker.call<
          { params: { inner: { role?: unknown } }; role?: unknown },
          object
        >('trees.free', what);
        expect(answer.role).toBeUndefined();
        expect(answer.params.inner.role).toBeUndefined();
      }
    }
  });

  it('are otherwise copied unchanged', () => {
    const value = { a: [1, { b: null }], c: 'x', d: new Date(0), e: Buffer.from('y'), f: undefined };
    expect(ownParams(value)).toEqual(value);
    expect(ownParams(value)).not.toBe(value);
  });

  it('are refused if they are nested too deeply', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 20_000; i++) deep = [deep];
    expect(() => ownParams(deep)).toThrow(
      expect.objectContaining({ type: 'validation_failed' }) as unknown as Error,
    );
  });
});
