import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headers } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { createTestIssuer, type TestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { subjectOf } from '#mixins/names.ts';
import { platformOf } from '#mixins/platform.ts';
import type { RequestMeta } from '#schemas/action.ts';
import { encodeEvent } from '#schemas/avro.ts';
import { toHeaders } from '#schemas/cloud-events.ts';
import type { EventContract, EventData } from '#schemas/event.ts';
import { postingRequested } from '#schemas/events/accounting/posting-requested.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import type { Config } from '../../config.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';

let config: Config;
let node: TestNode;
let bus: Bus;
let issuer: TestIssuer;
const pip = randomUUID();
const task = randomUUID();

beforeAll(async () => {
  config = testConfig();
  node = await startNode(config, ['accounting']);
  bus = platformOf(node.broker).bus;
  issuer = await createTestIssuer(config.namespace);
  await (await bus.bucket(IDENTITY_BUCKET)).put(...issuer.entry);
});
afterAll(async () => {
  await node.stop();
  await dropNamespace(config);
});

/** Publishes an event as the relay of its service would. */
async function publish<C extends EventContract>(
  contract: C,
  id: string,
  sequence: number,
  data: EventData<C>,
) {
  const [source = ''] = contract.type.split('.');
  await bus.ensureStream(source);
  await new SchemaRegistry(() => bus.bucket(SCHEMAS_BUCKET)).register([contract]);
  const attributes = headers();
  const envelope = {
    id: randomUUID(),
    type: contract.type,
    source,
    subject: `${contract.aggregate}/${id}`,
    sequence,
    time: new Date(),
    actorId: pip,
    actorAddress: '192.0.2.7',
    correlationId: randomUUID(),
    causationId: null,
    traceparent: null,
  };
  for (const [name, value] of toHeaders(envelope)) attributes.append(name, value);
  await bus.jetstream.publish(subjectOf(config.namespace, contract.type), encodeEvent(contract, data), {
    headers: attributes,
  });
}

/** Registers a user as auth would. */
const register = (userId: string, name: string) =>
  publish(userRegistered, userId, 1, {
    userId,
    login: name.toLowerCase(),
    name,
    email: `${name.toLowerCase()}@popug.example`,
    locale: null,
    roles: ['manager'],
    active: true,
    mustChangeBeak: false,
    tokenVersion: 1,
  });

async function call<Answer>(action: string, params: object, ...roles: string[]): Promise<Answer> {
  const token = await issuer.token({ userId: pip, roles });
  return node.broker.call<Answer, object>(action, params, { meta: { token } } as object);
}

describe('the accounting service', () => {
  it('ACC-2, ACC-9: books events of TASKS and publishes the lines on ACCOUNTING', async () => {
    const about = {
      taskId: task,
      title: 'Wash the cage',
      externalId: 'POPUG-1',
      description: '',
      assigneeId: pip,
    };
    await publish(taskCreated, task, 1, { ...about, createdById: pip, createdAt: Date.now() });
    await publish(taskCompleted, task, 2, { ...about, completedAt: Date.now() });
    const { items } = await until(async () => {
      const page = await call<{ items: { kind: string }[] }>('accounting.statement', { userId: 'me' });
      return page.items.length === 2 && page;
    });
    expect(items).toMatchObject([
      {
        kind: expect.any(String),
        reference: { type: 'task', id: task, title: 'Wash the cage', externalId: 'POPUG-1' },
      },
      { kind: expect.any(String), reference: { type: 'task', id: task } },
    ]);
    expect(items.map(({ kind }) => kind).sort()).toEqual(['fee', 'reward']);
    const money = await call('accounting.task', { taskId: task });
    expect(money).toMatchObject({ taskId: task, currency: 'USD', lines: [{ employee: { id: pip } }, {}] });
    const stream = await bus.ensureStream('accounting');
    await until(
      async () => {
        const { state } = await bus.manager.streams.info(stream, { subjects_filter: '>' });
        const types = Object.keys(state.subjects ?? {});
        return ['task.priced', 'employee.billed', 'task.paid', 'balance.changed'].every((type) =>
          types.includes(subjectOf(config.namespace, `accounting.${type}.v1`)),
        );
      },
      { what: 'the four events on the stream' },
    );
  });

  it('copies users from AUTH', async () => {
    const mia = randomUUID();
    await register(mia, 'Mia');
    const account = await until(() => call<object>('accounting.account', { userId: mia }, 'accountant'));
    expect(account).toMatchObject({ userId: mia, balance: 0, currency: 'USD' });
    const list = await call<object>('accounting.accounts', { text: 'MIA' }, 'admin');
    expect(list).toEqual({
      currency: 'USD',
      items: [{ userId: mia, name: 'Mia', balance: 0, ownerKnown: true }],
      nextCursor: null,
    });
  });

  it('ACC-11: names the currency of every answer with amounts', async () => {
    for (const [action, params] of [
      ['accounting.statement', { userId: 'me' }],
      ['accounting.balance', { userId: 'me' }],
      ['accounting.summary', { userId: 'me' }],
      ['accounting.company', {}],
    ] as const) {
      expect(await call<object>(action, params, 'accountant')).toMatchObject({ currency: 'USD' });
    }
  });

  it('ACC-10: books requests of other services, and publishes its refusals', async () => {
    const [ren, good, bad] = [randomUUID(), randomUUID(), randomUUID()];
    const request = {
      ownerType: 'employee',
      ownerId: ren,
      amount: 500,
      currency: 'USD',
      kind: 'lunch',
      reason: 'Seeds',
      referenceType: null,
      referenceId: null,
      referenceTitle: null,
      occurredAt: Date.now(),
    };
    await publish(postingRequested, good, 1, { ...request, requestId: good });
    await publish(postingRequested, bad, 1, { ...request, requestId: bad, kind: 'fee' });
    await until(async () => {
      const page = await call<{ items: unknown[] }>('accounting.statement', { userId: ren }, 'admin').catch(
        () => ({ items: [] }),
      );
      return page.items.length === 1;
    });
    const stream = await bus.ensureStream('accounting');
    const refused = subjectOf(config.namespace, 'accounting.posting.refused.v1');
    await until(async () => {
      const { state } = await bus.manager.streams.info(stream, { subjects_filter: refused });
      return state.subjects?.[refused] === 1;
    });
    expect(await call<object>('accounting.accounts', { text: 'unknown' }, 'admin')).toMatchObject({
      items: expect.arrayContaining([{ userId: ren, name: 'unknown', balance: 500, ownerKnown: false }]),
    });
    // Its own events, which are far more, are not delivered to this consumer.
    const { config: durable } = await bus.manager.consumers.info(stream, 'accounting-requests');
    expect(durable.filter_subject).toBe(subjectOf(config.namespace, postingRequested.type));
  });

  it('ACC-6, ACC-7: adjusts a balance, previews and closes the day, and shows the result', async () => {
    await register(pip, 'Pip');
    await until(async () => {
      const { items } = await call<{ items: object[] }>('accounting.accounts', { text: 'Pip' }, 'admin');
      return items.length === 1;
    });
    const mia = randomUUID();
    const byMia = { token: await issuer.token({ userId: mia, roles: ['accountant'] }) } as RequestMeta;
    const adjustment = { userId: pip, amount: 1_000_000, reason: 'A find' };
    const line = await node.broker.call<{ businessDay: string }, object>('accounting.adjust', adjustment, {
      meta: byMia,
    });
    expect(line).toMatchObject({ currency: 'USD', kind: 'adjustment', note: 'A find', by: { id: mia } });
    const day = line.businessDay;
    const preview = await call<{ payouts: number; totalPaid: number }>(
      'accounting.closeDay',
      { day, dryRun: true },
      'accountant',
    );
    expect(preview).toMatchObject({ status: 'open', head: null });
    expect(await call('accounting.today', {}, 'accountant')).toMatchObject({
      businessDay: day,
      status: 'open',
    });
    const expected = { payouts: preview.payouts, totalPaid: preview.totalPaid };
    const listed = await call<{ currency: string; items: { amount: number }[] }>(
      'accounting.payouts',
      { day },
      'admin',
    );
    expect(listed).toMatchObject({ currency: 'USD', items: { length: expected.payouts } });
    const wrong = { day, expected: { ...expected, totalPaid: expected.totalPaid + 1 } };
    await expect(call('accounting.closeDay', wrong, 'admin')).rejects.toMatchObject({ type: 'day_changed' });
    const meta = { token: await issuer.token({ userId: pip, roles: ['admin'] }) } as RequestMeta;
    const closed = await node.broker.call('accounting.closeDay', { day, expected }, { meta });
    const text = expect.any(String);
    expect(closed).toEqual({
      ...preview,
      status: 'closed',
      toPay: 0,
      endedAt: text,
      endedBy: { id: pip, name: 'Pip' },
      closedAt: text,
      head: text,
      block: expect.any(Number),
    });
    expect(meta.$statusCode).toBeUndefined();
    expect(await call('accounting.closeDay', { day }, 'admin')).toEqual(closed);
    expect(await call('accounting.day', { day }, 'accountant')).toEqual(closed);
    expect(await call('accounting.days', {}, 'accountant')).toMatchObject({
      items: [{ status: 'open' }, { businessDay: day }],
    });
    expect(await call('accounting.account', { userId: 'me' })).toMatchObject({ balance: 0 });
    expect(await call('accounting.balance', { userId: 'me' })).toMatchObject({ userId: pip, balance: 0 });
    expect(await call('accounting.company', {}, 'accountant')).toMatchObject({
      items: [{ closed: false }, { businessDay: day, closed: true }],
    });
  });

  it('ACC-8: shows the seal and its blocks to everybody who is signed in', async () => {
    const { head, block } = await until(async () => {
      const seal = await call<{ head: string | null; block: number; unsealed: number }>(
        'accounting.seal',
        {},
      );
      return seal.head !== null && seal.unsealed === 0 && seal;
    });
    expect(await call('accounting.sealBlock', { number: String(block) })).toMatchObject({ hash: head });
  });

  it.each([
    ['nobody', 'accounting.account', { userId: 'me' }, null, 'unauthenticated'],
    ['a developer, of all accounts', 'accounting.accounts', {}, ['developer'], 'forbidden'],
    ['a manager, of all accounts', 'accounting.accounts', {}, ['manager', 'boss'], 'forbidden'],
    [
      "a manager, of another's account",
      'accounting.account',
      { userId: randomUUID() },
      ['manager'],
      'forbidden',
    ],
    [
      "a manager, of another's lines",
      'accounting.statement',
      { userId: randomUUID() },
      ['manager'],
      'forbidden',
    ],
    [
      "a manager, of another's summary",
      'accounting.summary',
      { userId: randomUUID() },
      ['manager'],
      'forbidden',
    ],
    ['a manager, of the company', 'accounting.company', {}, ['manager'], 'forbidden'],
    [
      'a developer, to adjust',
      'accounting.adjust',
      { userId: pip, amount: 1, reason: 'A find' },
      ['developer'],
      'forbidden',
    ],
    ['a manager, to close', 'accounting.closeDay', { day: '2026-03-01' }, ['manager'], 'forbidden'],
    ['a manager, of days', 'accounting.days', {}, ['manager'], 'forbidden'],
    ['a developer, of today', 'accounting.today', {}, ['developer'], 'forbidden'],
    ['a manager, of payouts', 'accounting.payouts', { day: '2026-03-01' }, ['manager'], 'forbidden'],
    [
      'an admin, of payouts before the first day',
      'accounting.payouts',
      { day: '2001-01-01' },
      ['admin'],
      'not_found',
    ],
    ['a manager, of a day', 'accounting.day', { day: '2026-03-01' }, ['manager'], 'forbidden'],
    [
      "a developer, of another's balance",
      'accounting.balance',
      { userId: randomUUID() },
      ['developer'],
      'forbidden',
    ],
    [
      'an admin, to close a day to come',
      'accounting.closeDay',
      { day: '2999-01-01' },
      ['admin'],
      'day_not_begun',
    ],
    [
      'an admin, to close before the first day',
      'accounting.closeDay',
      { day: '2001-01-01' },
      ['admin'],
      'not_found',
    ],
    [
      'an admin, to adjust the balance of an unknown user',
      'accounting.adjust',
      { userId: randomUUID(), amount: 1, reason: 'A find' },
      ['admin'],
      'not_found',
    ],
    [
      'an admin, to adjust their own balance',
      'accounting.adjust',
      { userId: pip, amount: 1, reason: 'A gift' },
      ['admin'],
      'own_account',
    ],
    ['an admin, of an unknown task', 'accounting.task', { taskId: randomUUID() }, ['admin'], 'not_found'],
    [
      "an admin, of an unknown user's account",
      'accounting.account',
      { userId: randomUUID() },
      ['admin'],
      'not_found',
    ],
  ] as const)('refuses %s', async (_, action, params, roles, type) => {
    const attempt = roles === null ? node.broker.call(action, params) : call(action, params, ...roles);
    await expect(attempt).rejects.toMatchObject({ type });
  });

  it.each([
    ['accounting.task', { taskId: 'POPUG-1' }],
    ['accounting.account', { userId: 'you' }],
    ['accounting.account', { userId: 'me', more: 1 }],
    ['accounting.statement', { userId: 'me', limit: 201 }],
    ['accounting.statement', { userId: 'me', limit: 0 }],
    ['accounting.statement', { userId: 'me', from: '1.3.2026' }],
    ['accounting.statement', { userId: 'me', kind: 'A fee' }],
    ['accounting.summary', { userId: 'me', from: '2026-03-02', to: '2026-03-01' }],
    ['accounting.accounts', { sort: 'userId' }],
    ['accounting.adjust', { userId: randomUUID(), amount: 0, reason: 'A find' }],
    ['accounting.adjust', { userId: randomUUID(), amount: 1.5, reason: 'A find' }],
    ['accounting.adjust', { userId: randomUUID(), amount: '5', reason: 'A find' }],
    ['accounting.adjust', { userId: randomUUID(), amount: 1e13, reason: 'A find' }],
    ['accounting.adjust', { userId: randomUUID(), amount: 5 }],
    ['accounting.adjust', { userId: randomUUID(), amount: 5, reason: ' ' }],
    ['accounting.adjust', { userId: randomUUID(), amount: 5, reason: '\u200b\u3164' }],
    ['accounting.adjust', { userId: randomUUID(), amount: 5, reason: 'a\u2066b' }],
    ['accounting.adjust', { userId: randomUUID(), amount: 5, reason: '🦜'.repeat(501) }],
    ['accounting.adjust', { userId: 'me', amount: 5, reason: 'A find' }],
    ['accounting.closeDay', { day: 'today' }],
    ['accounting.closeDay', { day: '2026-02-30' }],
    ['accounting.closeDay', { day: '2026-02-03', dryRun: 'yes' }],
    ['accounting.closeDay', { day: '2026-02-03', expected: { payouts: 1 } }],
    ['accounting.closeDay', { day: '2026-02-03', expected: { payouts: 1, totalPaid: -1 } }],
    ['accounting.closeDay', { day: '2026-02-03', expected: 1 }],
    ['accounting.payouts', { day: '2026-02-30' }],
    ['accounting.days', { from: '2026-03-02', to: '2026-03-01' }],
    ['accounting.day', { day: '2026-2-3' }],
    ['accounting.company', { from: '2026-03-02', to: '2026-03-01' }],
    ['accounting.company', { limit: 0 }],
    ['accounting.balance', { userId: 'me', at: 'yesterday' }],
    ['accounting.balance', { userId: 'me', at: '2026-03-01' }],
    ['accounting.balance', { userId: 'me', at: '2999-03-01T00:00:00Z' }],
    ['accounting.sealBlock', { number: '0' }],
    ['accounting.sealBlock', { number: '1e1' }],
    ['accounting.accounts', { below: 1.5 }],
    ['accounting.accounts', { text: 'a\u0007' }],
  ])('refuses %s with %j', async (action, params) => {
    await expect(call(action, params, 'admin')).rejects.toMatchObject({ code: 422 });
  });

  it('API-4: says which day is open', async () => {
    const open = await node.broker.call('accounting.openDay');
    const day = await call('accounting.day', { day: open }, 'admin');
    expect(day).toMatchObject({ businessDay: open, status: 'open' });
  });

  it('is ready', async () => {
    expect(await node.broker.call('accounting.ready')).toEqual({ ready: true });
  });
});
