import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Service, ServiceSchema } from 'moleculer';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import { createTestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { fed, TOY_MIGRATIONS, TOY_SERVICE, toyConsumers } from '../../test/harness/consumers/toy.ts';
import { until } from '../../test/harness/wait.ts';
import { feedings, ToySystem } from './consumer.fixture.ts';
import { consumerMixin } from './consumer.mixin.ts';
import type { DeadLetter } from './dead-letters.store.ts';
import { defineConsumer } from './definition.ts';
import type { ConsumerStats } from './stats.ts';

const lifecycle: string[] = [];
let broken = false;

/** As a service of the project, with its mixins in this order. */
const service = (mixins: Partial<ServiceSchema>[]) =>
  defineService<Service & DatabaseMethods>({
    name: TOY_SERVICE,
    mixins,
    consumers: {
      feedings: defineConsumer({
        ...toyConsumers.feedings,
        handle: async (batch, tx, platform) => {
          if (lifecycle.at(-1) !== 'started')
            throw new Error('Nothing is handled before the service has started');
          if (broken && batch.some(({ data }) => data.seeds === 13)) throw new TypeError('Unlucky');
          await toyConsumers.feedings.handle(batch, tx, platform);
        },
      }),
      names: toyConsumers.names,
    },
    async started() {
      await this.database.inTransaction((tx) => tx.rows('SELECT 1'));
      lifecycle.push('started');
    },
    stopped() {
      lifecycle.push('stopped');
    },
  });

const by = 'operator:pip@perch';

const database = () => databaseMixin({ migrations: TOY_MIGRATIONS });

let system: ToySystem;
let node: TestNode;
beforeEach(async () => {
  lifecycle.length = 0;
  broken = false;
  system = await ToySystem.open({ logLevel: 'fatal' });
});
afterEach(async () => {
  await node.stop();
  await system.close();
});

describe.each([
  ['first', () => [consumerMixin(), database(), outboxMixin()]],
  ['last', () => [database(), outboxMixin(), consumerMixin()]],
])('a service with the mixin %s in its list', (_, mixins) => {
  it('consumes between its start and its stop', async () => {
    await system.publish(feedings(100, 10));
    node = await startNode(system.config, [service(mixins())]);
    await until(async () => (await system.feedings()).lines === 100);
    // The other consumer got no event, so it may still be subscribing.
    await until(async () => {
      const stats = await node?.broker.call<ConsumerStats[], object>('toys.operator.consumers.stats', {});
      return (
        stats?.map(({ consumer, state }) => `${consumer} ${state}`).join() ===
        'toys-feedings running,toys-names running'
      );
    });
    expect(await system.count('dead_letter')).toBe(0);
    await node.stop();
    await system.publish([fed(1, 1_000, 1)]);
    expect(lifecycle).toEqual(['started', 'stopped']);
  });
});

describe('a consumer of a service that stopped itself', () => {
  const resume = (key: string, who = by) =>
    node.broker.call('toys.operator.consumers.resume', { key, by: who });
  const state = async () =>
    (await node.broker.call<ConsumerStats[], object>('toys.operator.consumers.stats', {})).find(
      ({ consumer }) => consumer === 'toys-feedings',
    );

  it('AUD-1: is resumed by an operator, once, and an event names the operator', async () => {
    broken = true;
    const settings = { maxSetAsidePerMinute: 1, giveBackDelayMs: 100 };
    node = await startNode(system.config, [
      service([database(), outboxMixin(), consumerMixin({ settings })]),
    ]);
    await system.publish([fed(101, 1, 13), fed(102, 1, 13), fed(103, 1, 13)]);
    await until(async () => (await state())?.state === 'stopped');
    expect(await state()).toMatchObject({ stoppedAt: expect.stringMatching(/Z$/) });
    broken = false;
    for (const nobody of ['somebody', 'service:toys', 'operator:', 'operator:p p@perch']) {
      await expect(resume('feedings', nobody)).rejects.toMatchObject({ code: 422 });
    }
    expect(await state()).toMatchObject({ state: 'stopped' });
    await resume('feedings');
    await until(async () => (await system.feedings()).lines === 2);
    await expect(resume('feedings')).rejects.toMatchObject({ type: 'conflict' });
    await expect(resume('none')).rejects.toMatchObject({ type: 'not_found' });
    expect(await state()).toMatchObject({ state: 'running', stoppedAt: null });
    expect(
      await system.count(`outbox WHERE type = 'toys.intervention.made.v1' AND actor_id = $1`, [by]),
    ).toBe(1);
  });
});

describe('dead letters of a service', () => {
  it('are listed, shown, redriven and discarded through its actions', async () => {
    broken = true;
    node = await startNode(system.config, [service([database(), consumerMixin()])]);
    const { broker } = node;
    await system.publish([fed(101, 1, 13), ...feedings(18, 18), fed(102, 1, 13)]);
    const letters = () =>
      broker.call<DeadLetter[], object>('toys.operator.deadLetters.list', { status: 'open' });
    await until(async () => (await letters()).length === 2);
    await until(async () => (await system.feedings()).lines === 18);
    const [one, two] = await letters();
    await expect(broker.call('toys.operator.deadLetters.redrive', { id: one?.id, by })).rejects.toMatchObject(
      { type: 'redrive_failed', message: 'Unlucky' },
    );
    // The attempt leaves an event with its actor and its error, and the dead letter is unchanged.
    const attempts = `outbox WHERE type = 'toys.intervention.made.v1' AND actor_id = '${by}'`;
    expect(await system.count(attempts)).toBe(1);
    expect(await letters()).toHaveLength(2);
    expect(one).toMatchObject({
      consumer: 'toys-feedings',
      code: 'TypeError',
      status: 'open',
    });
    broken = false;
    await broker.call('toys.operator.deadLetters.redrive', { id: one?.id, by });
    await broker.call('toys.operator.deadLetters.discard', {
      id: two?.id,
      by,
      reason: 'of no use',
    });
    expect(await system.feedings()).toEqual({ lines: 19, seeds: 18 + 13 });
    expect(await letters()).toEqual([]);
    expect(await broker.call('toys.operator.deadLetters.get', { id: two?.id })).toMatchObject({
      status: 'discarded',
      settledBy: by,
      settledReason: 'of no use',
      headers: { 'ce-type': 'toys.parrot.fed.v1' },
    });
    await expect(broker.call('toys.operator.deadLetters.redrive', { id: one?.id, by })).rejects.toMatchObject(
      {
        type: 'conflict',
      },
    );
  });

  it('F18: are settled for an admin only with the token, which the service itself checks', async () => {
    broken = true;
    node = await startNode(system.config, [service([database(), outboxMixin(), consumerMixin()])]);
    const { broker } = node;
    await system.publish([fed(101, 1, 13), fed(102, 1, 13)]);
    await until(async () => (await system.count('dead_letter')) === 2);
    broken = false;
    const issuer = await createTestIssuer(system.config.namespace);
    await (await platformOf(broker).bus.bucket('identity')).put(...issuer.entry);
    const userId = randomUUID();
    const admin = await issuer.token({ userId, roles: ['admin'] });
    const manager = await issuer.token({ roles: ['manager'] });
    const call = <Answer>(action: string, params: object, token?: string) =>
      broker.call<Answer, object>(`toys.deadLetters.${action}`, params, { meta: { token } } as object);
    const open = () => call<DeadLetter[]>('list', { status: 'open' }, admin);
    const [one, two] = await until(async () => await open().catch(() => undefined));
    const [id, other] = [one?.id, two?.id];
    for (const [action, params] of Object.entries({
      list: {},
      get: { id },
      redrive: { id },
      discard: { id, reason: 'of no use' },
    })) {
      await expect(call(action, params)).rejects.toMatchObject({ type: 'unauthenticated' });
      await expect(call(action, params, manager)).rejects.toMatchObject({ type: 'forbidden' });
      await expect(call(action, params, `${admin}x`)).rejects.toMatchObject({ type: 'invalid_token' });
      // The actor comes from the token alone, so a `by` is refused.
      await expect(call(action, { ...params, by }, admin)).rejects.toMatchObject({ code: 422 });
    }
    expect(await open()).toHaveLength(2);
    await call('redrive', { id }, admin);
    await call('discard', { id: other, reason: 'of no use' }, admin);
    expect(await open()).toEqual([]);
    for (const settled of [id, other]) {
      expect(await call('get', { id: settled }, admin)).toMatchObject({ settledBy: userId });
    }
  });

  it('are not found if unknown, and invalid params are refused', async () => {
    node = await startNode(system.config, [service([database(), consumerMixin()])]);
    const { broker } = node;
    const id = '0195b000-0000-7000-8000-000000000000';
    await expect(broker.call('toys.operator.deadLetters.get', { id })).rejects.toMatchObject({
      type: 'not_found',
    });
    await expect(broker.call('toys.operator.deadLetters.list', { sort: 'id' })).rejects.toMatchObject({
      code: 422,
    });
    await expect(broker.call('toys.operator.deadLetters.discard', { id, by: 'x' })).rejects.toMatchObject({
      code: 422,
    });
  });
});
