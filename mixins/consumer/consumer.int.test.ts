import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConnectionRefusedError } from 'sequelize';
import {
  firstLostSince,
  noteAhead,
  raiseEpoch,
  readEpoch,
  skipOrphans,
  withdrawAhead,
} from '#mixins/bus/epochs.ts';
import { CallScope, runInScope } from '#mixins/call-scope.ts';
import { recordTraces } from '#mixins/tracing/recorder.fixture.ts';
import { defineEvent } from '#schemas/event.ts';
import { encode, registerSchemas, unreadable } from '../../test/harness/consumers/encode.ts';
import { fixtureEvent } from '../../test/harness/consumers/fixture.ts';
import { fed, parrot, parrotFed, renamed, toyConsumers } from '../../test/harness/consumers/toy.ts';
import { until } from '../../test/harness/wait.ts';
import { feedings, ToySystem } from './consumer.fixture.ts';
import { causedBy, type Delivery, defineConsumer } from './definition.ts';
import { statsOf } from './stats.ts';

let system: ToySystem;
beforeEach(async () => {
  system = await ToySystem.open();
});
afterEach(async () => await system.close());

const applied = (lines: number) =>
  until(async () => (await system.feedings()).lines >= lines, { within: 30_000, what: `${lines} feedings` });
const nothingPending = (key: string) =>
  until(
    async () => {
      const info = await system.consumerInfo(key);
      return info.num_pending === 0 && info.num_ack_pending === 0;
    },
    { within: 20_000, what: 'everything to be acknowledged' },
  );

describe('a consumer whose stream also has events of other types', () => {
  it('applies its own types and acknowledges all events', async () => {
    await system.publish([fed(1, 1, 5), renamed(1, 2, 'Polly'), fed(1, 3, 7)]);
    const consumer = system.node.consume('feedings');
    await applied(2);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 2, seeds: 12 });
    expect(await statsOf(consumer)).toMatchObject({
      consumer: 'toys-feedings',
      state: 'running',
      pending: 0,
      ackPending: 0,
      handled: 2,
      deadLetters: 0,
    });
  });
});

describe('events of traces', () => {
  const traceparentOf = (n: number, flags = '01') => `00-${String(n).repeat(32)}-b7ad6b7169203331-${flags}`;

  it('have a span for each attempt, and what follows from them is below it', async () => {
    const { traces, spans } = recordTraces();
    const yesterday = new Date(Date.now() - 25 * 60 * 60_000);
    await system.publish([
      encode(fed(1, 1, 1), { traceparent: traceparentOf(1) }),
      encode(fed(2, 1, 1), { traceparent: traceparentOf(2) }),
      encode(fed(3, 1, 1), { traceparent: traceparentOf(3, '00') }),
      encode(fed(4, 1, 1)),
      encode(fed(5, 1, 1), { traceparent: traceparentOf(5), time: yesterday }),
    ]);
    const causes: (string | null)[] = [];
    const failing = defineConsumer({
      ...toyConsumers.feedings,
      lingerMs: 500,
      async handle(batch, tx, platform) {
        causes.push(...batch.map((delivery) => causedBy(delivery).traceparent));
        if (causes.length === batch.length) throw new ConnectionRefusedError(new Error('away'));
        await toyConsumers.feedings.handle(batch, tx, platform);
      },
    });
    system.node.consume('feedings', failing, {}, traces);
    await applied(5);
    await until(() => spans.length === 4, { what: 'the spans' });
    expect(spans.map(({ traceID, error }) => [traceID[0], error === null])).toEqual([
      ['1', false],
      ['2', false],
      ['1', true],
      ['2', true],
    ]);
    expect(spans[0]).toMatchObject({
      name: 'consume toys-feedings',
      type: 'consumer',
      parentID: 'b7ad6b7169203331',
      service: { name: 'toys' },
      tags: { 'messaging.batch.message_count': 5 },
    });
    const below = spans.map(({ traceID, id }) => `00-${traceID}-${id}-01`);
    const others = [traceparentOf(3, '00'), null, traceparentOf(5)];
    expect(causes).toEqual([...below.slice(0, 2), ...others, ...below.slice(2), ...others]);
  });
});

describe('a durable that two nodes start at once', () => {
  it('is made once and shared', async () => {
    const other = await system.anotherNode();
    system.node.consume('feedings');
    other.consume('feedings');
    await system.publish(feedings(400, 10));
    await applied(400);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 400, seeds: 400 });
    expect((await system.consumerInfo('feedings')).config.max_ack_pending).toBe(50_000);
  });

  it('gets changed settings', async () => {
    system.node.consume('feedings');
    await until(async () => (await system.consumerInfo('feedings')).config.max_ack_pending === 50_000);
    const other = await system.anotherNode();
    other.consume('feedings', undefined, { maxAckPending: 60_000 });
    await until(async () => (await system.consumerInfo('feedings')).config.max_ack_pending === 60_000);
  });
});

describe('a durable that is deleted', () => {
  it('is made again, and nothing is applied twice', async () => {
    const consumer = system.node.consume('feedings');
    await system.publish(feedings(50, 5));
    await applied(50);
    await system.bus.manager.consumers.delete(system.stream, 'toys-feedings');
    await system.publish(Array.from({ length: 5 }, (_, n) => fed(n, 100, 1)));
    await applied(55);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 55, seeds: 55 });
    expect(consumer.state.is).toBe('running');
  });
});

describe('a stream that lost its tail and is in a new epoch', () => {
  it('is read again from where the loss began', async () => {
    system.node.consume('feedings');
    await system.publish(feedings(30, 5));
    await applied(30);
    await nothingPending('feedings');
    const { epoch } = await readEpoch(system.bus, 'toys');
    const next = await raiseEpoch(system.bus, 'toys', epoch, 21);
    expect(firstLostSince(next, epoch)).toBe(21);
    await until(async () => (await system.consumerInfo('feedings')).config.opt_start_seq === 21);
    await nothingPending('feedings');
    // Ten events came again, and changed nothing.
    await until(async () => (await system.consumerInfo('feedings')).delivered.consumer_seq === 10);
    expect(await system.feedings()).toEqual({ lines: 30, seeds: 30 });
    expect(await system.count('consumer_epoch WHERE epoch = $1', [next.epoch])).toBe(1);
  });

  it('is read again by a node that was away, once for any number of nodes', async () => {
    const first = await system.anotherNode();
    first.consume('feedings');
    await system.publish(feedings(20, 5));
    await applied(20);
    await nothingPending('feedings');
    await first.stop();
    await raiseEpoch(system.bus, 'toys', 0, 16);
    system.node.consume('feedings');
    (await system.anotherNode()).consume('feedings');
    await until(async () => (await system.consumerInfo('feedings')).delivered.consumer_seq === 5);
    await nothingPending('feedings');
    expect((await system.consumerInfo('feedings')).config.opt_start_seq).toBe(16);
  });
});

describe('a stream that lost its tail while a consumer was far behind', () => {
  it('FAIL-2: is read from the first event that the consumer has not acknowledged', async () => {
    const first = await system.anotherNode();
    first.consume('feedings');
    await system.publish(feedings(20, 5));
    await applied(20);
    await nothingPending('feedings');
    await first.stop();
    await system.publish(feedings(30, 5).slice(20));
    await raiseEpoch(system.bus, 'toys', 0, 26);
    system.node.consume('feedings');
    await applied(30);
    await nothingPending('feedings');
    expect((await system.consumerInfo('feedings')).config.opt_start_seq).toBe(21);
  });
});

describe('an event whose schema is not registered yet', () => {
  const unheardOf = defineEvent({
    type: 'toys.parrot.fed.v1',
    aggregate: 'parrot',
    fields: [...parrotFed.schema.fields, { name: 'brand', type: 'string', default: '' }],
  });

  it('waits without delaying others, and is applied once its schema is known', async () => {
    const event = fixtureEvent(unheardOf, parrot(9), 1, { parrotId: parrot(9), seeds: 90, brand: 'Best' });
    await system.publish([event, ...feedings(20, 5)]);
    system.node.consume('feedings', undefined, { giveBackDelayMs: 100, maxDelayMs: 200 });
    await applied(20);
    await until(async () => (await system.consumerInfo('feedings')).num_redelivered === 1);
    expect(await system.count('dead_letter')).toBe(0);
    await registerSchemas(system.bus, [event]);
    await applied(21);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 21, seeds: 110 });
  });

  it('G26: is logged once, not with each attempt and batch', async () => {
    const event = (n: number) =>
      fixtureEvent(unheardOf, parrot(n), 1, { parrotId: parrot(n), seeds: 90, brand: 'Best' });
    const consumer = system.node.consume('feedings', undefined, { giveBackDelayMs: 50, maxDelayMs: 100 });
    for (const n of [7, 8, 9]) {
      await system.publish([event(n)]);
      const before = consumer.context.counters.batches;
      await until(() => consumer.context.counters.batches >= before + 5);
    }
    expect(system.node.lines.filter((line) => line.includes("can't read"))).toEqual([
      expect.stringMatching(/can't read 1 events yet, they come again: The schema \w+ /),
    ]);
  });
});

describe('an event with a temporary error, while the database answers', () => {
  it('G26: is logged once, not with each attempt', async () => {
    const busy = defineConsumer({
      ...toyConsumers.feedings,
      handle: () => Promise.reject(Object.assign(new Error('Locked'), { code: '55P03' })),
    });
    await system.publish(feedings(1, 1));
    const consumer = system.node.consume('feedings', busy, {
      giveBackDelayMs: 100,
      maxDelayMs: 100,
      retryForMs: 50,
      loneAfterDeliveries: 0,
    });
    await until(() => consumer.context.counters.batches >= 4);
    expect(system.node.lines.filter((line) => line.includes('fails alone'))).toHaveLength(1);
  });
});

describe('an event whose schema is never registered', () => {
  it('FAIL-3: is dead-lettered with the reason after the registry has answered so often enough', async () => {
    const event = fixtureEvent(
      defineEvent({
        type: 'toys.parrot.fed.v1',
        aggregate: 'parrot',
        fields: [...parrotFed.schema.fields, { name: 'lost', type: 'string', default: '' }],
      }),
      parrot(9),
      1,
      { parrotId: parrot(9), seeds: 90, lost: 'for ever' },
    );
    await system.publish([event, ...feedings(20, 5)]);
    system.node.consume('feedings', undefined, {
      giveBackDelayMs: 20,
      maxDelayMs: 50,
      maxUnreadableDeliveries: 3,
    });
    await applied(20);
    await until(async () => (await system.count('dead_letter')) === 1);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 20, seeds: 20 });
  });
});

describe('poison in the middle of a batch', () => {
  it('is dead-lettered, and its neighbours are applied without a redelivery', async () => {
    const failing = defineConsumer({
      ...toyConsumers.feedings,
      handle: async (batch, tx, platform) => {
        if (batch.some(({ data }) => data.seeds === 13)) throw new TypeError('Unlucky');
        await toyConsumers.feedings.handle(batch, tx, platform);
      },
    });
    system.node.consume('feedings', failing);
    await until(() => system.consumerInfo('feedings'));
    const [good, more] = [feedings(250, 50), feedings(500, 50).slice(250)];
    const bad = fed(77, 1, 13);
    const [unlucky] = await system.publish([bad]);
    const garbage = unreadable(parrotFed);
    await system.publish([...good, garbage, ...more]);
    await applied(500);
    await nothingPending('feedings');
    const { num_redelivered, delivered } = await system.consumerInfo('feedings');
    expect({ num_redelivered, delivered: delivered.consumer_seq }).toEqual({
      num_redelivered: 0,
      delivered: 502,
    });
    const letters = await system.database.rows<{ event_key: string; code: string }>(
      'SELECT event_key, code FROM dead_letter ORDER BY code',
    );
    expect(letters).toEqual([
      { event_key: unlucky?.id, code: 'TypeError' },
      { event_key: garbage.id, code: 'undecodable' },
    ]);
  });

  it('is dead-lettered even if its headers cannot be read', async () => {
    system.node.consume('feedings');
    const event = fed(1, 1, 5);
    const [sound] = await system.publish([event]);
    if (sound === undefined) throw new Error('Nothing was published');
    const broken = {
      ...sound,
      headers: { 'ce-type': sound.type, 'ce-id': 'no\u00e9', 'ce-subject': '%00%ff' },
    };
    await system.publish([broken]);
    await until(async () => (await system.count('dead_letter')) === 1);
    await nothingPending('feedings');
    expect(
      await system.count(`dead_letter WHERE code = 'malformed_envelope' AND type = $1`, [sound.type]),
    ).toBe(1);
  });

  it('is not applied if its type differs from its subject', async () => {
    system.node.consume('feedings');
    const [sound] = await system.publish([fed(1, 1, 5)]);
    if (sound === undefined) throw new Error('Nothing was published');
    const headers = { ...sound.headers, 'Nats-Msg-Id': 'x', 'ce-type': 'toys.parrot.renamed.v1' };
    const forged = { ...sound, headers };
    await system.publish([forged]);
    await until(async () => (await system.count(`dead_letter WHERE code = 'foreign_subject'`)) === 1);
    expect(await system.feedings()).toEqual({ lines: 1, seeds: 5 });
  });
});

describe('more poison within a minute than may be dead-lettered', () => {
  it('stops the consumer and logs an error; the consumer goes on when it is resumed', async () => {
    let broken = true;
    const sometimes = defineConsumer({
      ...toyConsumers.feedings,
      handle: async (batch, tx, platform) => {
        if (broken) throw new TypeError('A bug');
        await toyConsumers.feedings.handle(batch, tx, platform);
      },
    });
    const consumer = system.node.consume('feedings', sometimes, {
      maxSetAsidePerMinute: 5,
      giveBackDelayMs: 100,
      remindEveryMs: 200,
    });
    await system.publish(feedings(40, 5));
    await until(() => consumer.state.is === 'stopped');
    expect(await system.count('dead_letter')).toBe(5);
    const [alarm, ...reminders] = system.node.alarms;
    expect(alarm).toMatch(
      /^toys-feedings stopped: more than 5 events .* A bug\. Mend .* resume toys-feedings$/,
    );
    const stats = await statsOf(consumer);
    expect(stats).toMatchObject({ state: 'stopped', reason: expect.stringContaining('more than 5') });
    await until(() => system.node.alarms.length >= reminders.length + 2);
    expect(system.node.alarms.at(-1)).toMatch(
      new RegExp(
        `^toys-feedings is still stopped, since ${stats.stoppedAt}\\. Mend .* resume toys-feedings$`,
      ),
    );
    broken = false;
    await expect(consumer.resume(() => Promise.reject(new Error('Nobody was told')))).rejects.toThrow('told');
    expect(consumer.state.is).toBe('stopped');
    const told: string[] = [];
    const tell = async (reason: string) => void told.push(reason);
    // The deadline of the operator's call does not concern what it starts.
    const resume = () => consumer.resume(tell);
    const inCall = runInScope(new CallScope(performance.now() - 1), resume);
    expect(await Promise.all([inCall, resume()])).toEqual([true, false]);
    expect(told).toEqual([stats.reason]);
    await applied(35);
    await nothingPending('feedings');
    expect(await system.count('dead_letter')).toBe(5);
  });
});

describe('more poison on several nodes than may be dead-lettered', () => {
  it('FAIL-3: stops all nodes at one common limit', async () => {
    const broken = defineConsumer({
      ...toyConsumers.feedings,
      batchSize: 1,
      handle: () => Promise.reject(new TypeError('A bug')),
    });
    const nodes = [system.node, await system.anotherNode(), await system.anotherNode()];
    const settings = { maxSetAsidePerMinute: 20, giveBackDelayMs: 100 };
    const consumers = nodes.map((node) => node.consume('feedings', broken, settings));
    await until(() => consumers.every(({ state }) => state.is === 'running'));
    await system.publish(feedings(60, 60));
    await until(() => consumers.every(({ state }) => state.is === 'stopped'));
    expect(await system.count('dead_letter')).toBe(20);
  });
});

describe('a consumer that reads every type', () => {
  it('gets types that are not declared anywhere', async () => {
    const seen: Delivery[] = [];
    const everything = defineConsumer({
      stream: 'toys',
      order: 'keyed',
      reads: 'all',
      handle: async (batch) => void seen.push(...batch),
    });
    system.node.consume('everything', everything);
    await system.publish([fed(1, 1, 5), renamed(1, 2, 'Polly')]);
    await until(() => seen.length === 2);
    expect(seen.map(({ type, aggregateId, data }) => ({ type, aggregateId, data }))).toEqual([
      { type: 'toys.parrot.fed.v1', aggregateId: parrot(1), data: { parrotId: parrot(1), seeds: 5 } },
      {
        type: 'toys.parrot.renamed.v1',
        aggregateId: parrot(1),
        data: { parrotId: parrot(1), name: 'Polly' },
      },
    ]);
  });
});

describe('a consumer that gives back a batch and the messages behind it', () => {
  it('FAIL-2: gets all of them at once when it goes on, without waiting for the acknowledgement time', async () => {
    let away = true;
    const sometimes = defineConsumer({
      ...toyConsumers.feedings,
      handle: async (batch, tx, platform) => {
        if (away) throw new ConnectionRefusedError(new Error('The database is away'));
        await toyConsumers.feedings.handle(batch, tx, platform);
      },
    });
    const settings = { ackWaitMs: 60_000, retryForMs: 300, giveBackDelayMs: 500 };
    const consumer = system.node.consume('feedings', sometimes, settings);
    await until(() => consumer.state.is === 'running');
    const events = feedings(20, 5);
    await system.publish(events.slice(0, 5));
    await until(() => consumer.context.counters.retries > 0);
    await system.publish(events.slice(5));
    await until(() => consumer.state.is === 'waiting');
    away = false;
    await applied(20);
    await nothingPending('feedings');
  });
});

describe('a consumer whose stream does not answer', () => {
  it('G26: logs once that it waits, and once that it goes on', async () => {
    const { node } = system;
    const asked = jest.spyOn(node.platform.bus, 'ensureStream').mockRejectedValue(new Error('TIMEOUT'));
    node.lines.length = 0;
    node.consume('feedings');
    await until(() => asked.mock.calls.length > 5);
    expect(node.lines).toEqual(['toys-feedings: waits: TIMEOUT']);
    asked.mockRestore();
    await system.publish(feedings(10, 2));
    await applied(10);
    await until(() => node.lines.length > 1);
    expect(node.lines.slice(1)).toEqual([expect.stringMatching(/^toys-feedings: waits: over after \d+ s$/)]);
  });
});

describe('a stream with orphaned events', () => {
  it('G22: has no effect from them, for a first reader and for one that reads again', async () => {
    await system.publish([fed(1, 1, 1), fed(1, 2, 10), fed(1, 3, 100), fed(1, 4, 1_000)]);
    system.node.consume('feedings');
    await applied(4);
    const again = { ...toyConsumers.feedings };
    await skipOrphans(system.bus, 'toys', 'toys', [[2, 3]]);
    await system.publish([fed(2, 1, 10_000)]);
    await applied(5);
    await nothingPending('feedings');
    // What was applied before stays.
    expect(await system.feedings()).toEqual({ lines: 5, seeds: 11_111 });
    await system.database.inTransaction(async (tx) => {
      for (const table of ['feeding', 'parrot_total']) await tx.run(`DELETE FROM ${table}`);
    });
    const other = await system.anotherNode();
    other.consume('feedings-again', again);
    await applied(3);
    await until(async () => (await system.consumerInfo('feedings-again')).num_pending === 0);
    await nothingPending('feedings-again');
    expect(await system.feedings()).toEqual({ lines: 3, seeds: 11_001 });
  });
});

describe('a stream that is ahead of its restored database', () => {
  const events = [fed(1, 1, 1), fed(1, 2, 10), fed(1, 3, 100)];

  it('G22: has no effect from events in that range until the orphaned ones are known', async () => {
    await system.publish(events);
    await noteAhead(system.bus, 'toys', 'toys', [2, 3], 0);
    system.node.consume('feedings');
    await applied(1);
    await system.publish([fed(2, 1, 1_000)]);
    await applied(2);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 2, seeds: 1_001 });
    // One of them is no orphan.
    await skipOrphans(system.bus, 'toys', 'toys', [[3, 3]]);
    await applied(3);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 3, seeds: 1_011 });
  });

  it('G22: has the effect of all its events once the note is withdrawn', async () => {
    await system.publish(events);
    await noteAhead(system.bus, 'toys', 'toys', [2, 3], 0);
    system.node.consume('feedings');
    await applied(1);
    await nothingPending('feedings');
    await withdrawAhead(system.bus, 'toys', 'toys', [2, 3]);
    await applied(3);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 3, seeds: 111 });
  });

  it('G22: is noticed by a running consumer', async () => {
    const consumer = system.node.consume('feedings');
    await system.publish(events.slice(0, 1));
    await applied(1);
    await noteAhead(system.bus, 'toys', 'toys', [2, 3], 0);
    await until(() => consumer.context.skipped.length === 1);
    await system.publish(events.slice(1));
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 1, seeds: 1 });
  });
});

describe('a consumer that is stopped while many messages wait', () => {
  it('gives back messages that it has not begun, so that another node goes on at once', async () => {
    await system.publish(feedings(3_000, 20));
    const small = defineConsumer({ ...toyConsumers.feedings, batchSize: 50 });
    // What is stranded comes again only when this time is over.
    const patient = { ackWaitMs: 60_000 };
    const consumer = system.node.consume('feedings', small, patient);
    await applied(100);
    await consumer.stop();
    expect((await system.feedings()).lines).toBeLessThan(3_000);
    const other = await system.anotherNode();
    other.consume('feedings', small, patient);
    await applied(3_000);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 3_000, seeds: 3_000 });
  });
});
