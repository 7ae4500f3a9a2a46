/**
 * A gateway with a toy service: contracts of every kind, and a record of calls that reached an
 * action.
 */
import type { AddressInfo } from 'node:net';
import type { ServiceSchema } from 'moleculer';
import { ConnectionRefusedError, DatabaseError } from 'sequelize';
import type { RequestContext } from '#mixins/identity/identity.ts';
import { createTestIssuer, type TestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { REFRESHABLE_ACTION } from '#mixins/identity/owner-watch.ts';
import { platformOf } from '#mixins/platform.ts';
import { defineAction } from '#schemas/action.ts';
import { array, json, string } from '#schemas/answers.ts';
import { Problem } from '#schemas/errors.ts';
import { id, line, optional, page } from '#schemas/params.ts';
import type { Config } from '../config.ts';
import { gatewayService } from '../services/gateway/gateway.service.ts';
import { startNode, type TestNode } from './harness/broker.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { until } from './harness/wait.ts';

const summary = 'A toy.';
const base = { status: 200, summary } as const;
/** What `note` of the toy service returns. */
const noted = { params: json(), roles: array(string()) } as const;

export const TOYS = {
  create: defineAction({
    ...base,
    action: 'toy.create',
    route: 'POST /toys',
    access: 'signed-in',
    status: 201,
    location: '/toys/:roles',
    params: {
      $$strict: true,
      name: line(1, 20),
      tags: optional(array(string())),
      box: optional({ type: 'object', props: { size: { type: 'number' } } }),
    },
    answer: noted,
  }),
  list: defineAction({
    ...base,
    action: 'toy.list',
    route: 'GET /toys',
    access: 'signed-in',
    params: { $$strict: true, ...page, text: optional(line(1, 20)) },
    answer: noted,
  }),
  get: defineAction({
    ...base,
    action: 'toy.get',
    route: 'GET /toys/:id',
    access: 'signed-in',
    params: { $$strict: true, id: id() },
    answer: noted,
  }),
  change: defineAction({
    ...base,
    action: 'toy.change',
    route: 'PATCH /toys/:id',
    access: ['admin', 'manager'],
    params: { $$strict: true, id: id(), name: optional(line(1, 20)) },
    answer: noted,
  }),
  remove: defineAction({
    ...base,
    action: 'toy.remove',
    route: 'DELETE /toys/:id',
    access: ['admin'],
    status: 204,
    params: { $$strict: true, id: id() },
    answer: null,
  }),
  look: defineAction({
    ...base,
    action: 'toy.look',
    route: 'GET //.well-known/toys',
    access: 'anyone',
    params: { $$strict: true },
    answer: noted,
  }),
  open: defineAction({
    ...base,
    action: 'toy.open',
    route: 'POST /toys/open',
    access: 'anyone',
    params: { $$strict: true, name: optional(line(0, 20)) },
    answer: noted,
  }),
  fail: defineAction({
    ...base,
    action: 'toy.fail',
    route: 'POST /toys/fail',
    access: 'anyone',
    params: { $$strict: true, how: { type: 'string' } },
    answer: null,
    problems: ['conflict'],
  }),
  wait: defineAction({
    ...base,
    action: 'toy.wait',
    route: 'POST /toys/wait',
    access: 'anyone',
    params: { $$strict: true },
    answer: {},
  }),
  away: defineAction({
    ...base,
    action: 'gone.away',
    route: 'GET /gone',
    access: 'signed-in',
    params: { $$strict: true },
    answer: {},
  }),
} as const;

export const SECRET = 'canary-5f1c';

const FAILURES: Readonly<Record<string, () => Error>> = {
  unknown: () => Object.assign(new Error(`failed with ${SECRET}`), { data: { beak: SECRET }, code: 418 }),
  conflict: () => new Problem('conflict', 'It is taken'),
  database: () => new ConnectionRefusedError(new Error(SECRET)),
  killed: () => new DatabaseError(Object.assign(new Error(SECRET), { sql: '' })),
  crowded: () => new DatabaseError(Object.assign(new Error(SECRET), { sql: '', code: '55P03' })),
  duplicate: () => new DatabaseError(Object.assign(new Error(SECRET), { sql: '', code: '23505' })),
  broker: () => Object.assign(new Error(SECRET), { name: 'NatsError', code: 'TIMEOUT' }),
  internal: () => new Problem('internal_error', SECRET),
};

export interface ToyGateway extends AsyncDisposable {
  readonly node: TestNode;
  readonly config: Config;
  readonly issuer: TestIssuer;
  /** Such as `http://127.0.0.1:40001`. */
  readonly root: string;
  readonly port: number;
  /** Calls that reached an action: its name, params and metadata. */
  readonly calls: { readonly action: string; readonly params: object; readonly meta: object }[];
  /** Lets `toy.wait` answer. */
  release(): void;
  stop(): Promise<void>;
}

type Calls = ToyGateway['calls'];

/** `ready` and `secret` are internal: no contract, no route. */
function toyService(calls: Calls, state: { ready: boolean; released: Promise<void> }): ServiceSchema {
  const note = (ctx: RequestContext<object>) => {
    calls.push({ action: ctx.action?.name ?? '', params: ctx.params, meta: { ...ctx.meta } });
    return { params: ctx.params, roles: ctx.locals.actor?.roles ?? [] };
  };
  return {
    name: 'toy',
    actions: {
      ready: { visibility: 'public', handler: () => ({ ready: state.ready, reason: 'painting' }) },
      // Stands for the owner of the accounts: an expired token counts as expired (AUTH-7).
      [REFRESHABLE_ACTION]: { visibility: 'public', handler: () => true },
      secret: { visibility: 'public', handler: note },
      create: { ...TOYS.create, handler: note },
      list: { ...TOYS.list, handler: note },
      get: { ...TOYS.get, handler: note },
      change: { ...TOYS.change, handler: note },
      remove: {
        ...TOYS.remove,
        handler(ctx: RequestContext<object>) {
          note(ctx);
          return null;
        },
      },
      look: { ...TOYS.look, handler: note },
      open: { ...TOYS.open, handler: note },
      fail: {
        ...TOYS.fail,
        handler(ctx: RequestContext<{ how: string }>) {
          throw FAILURES[ctx.params.how]?.() ?? new Error('which?');
        },
      },
      wait: {
        ...TOYS.wait,
        handler: async (ctx: RequestContext<object>) => {
          note(ctx);
          await state.released;
          return {};
        },
      },
    },
  };
}

export interface ToyOptions {
  readonly config?: Partial<Config>;
  /** Whether the toy reports that it is ready. Default: true. */
  readonly ready?: boolean;
}

/** Starts it on the shared NATS. Resolves when it accepts tokens of its issuer. */
export async function startToyGateway({
  config: overrides,
  ready = true,
}: ToyOptions = {}): Promise<ToyGateway> {
  // Failures are provoked on purpose.
  const config = testConfig({ logLevel: 'fatal', ...overrides });
  const calls: Calls = [];
  const released = Promise.withResolvers<void>();
  const services = [
    toyService(calls, { ready, released: released.promise }),
    gatewayService({ contracts: Object.values(TOYS), services: ['toy'] }),
  ];
  const node = await startNode(config, services);
  const { bus, identity } = platformOf(node.broker);
  const issuer = await createTestIssuer(config.namespace);
  await (await bus.bucket('identity')).put(...issuer.entry);
  const token = await issuer.token();
  await until(async () => (await identity.verify(token)).userId !== '', { what: 'the key to be known' });
  const gateway = node.broker.getLocalService('gateway') as unknown as { server: { address(): AddressInfo } };
  const { port } = gateway.server.address();
  const toys: ToyGateway = {
    node,
    config,
    issuer,
    root: `http://127.0.0.1:${port}`,
    port,
    calls,
    release: released.resolve,
    async stop() {
      released.resolve();
      await node.stop();
      await dropNamespace(config);
    },
    async [Symbol.asyncDispose]() {
      await toys.stop();
    },
  };
  return toys;
}
