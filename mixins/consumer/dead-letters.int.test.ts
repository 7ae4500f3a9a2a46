import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { headers as natsHeaders } from 'nats';
import type { Database, Tx } from '#mixins/database/database.ts';
import { causeOf } from '#mixins/outbox/outbox.fixture.ts';
import { decodeEvent } from '#schemas/avro.ts';
import { deadLetterDiscardedOf } from '#schemas/dead-letter.ts';
import { encode } from '../../test/harness/consumers/encode.ts';
import { fed, feedingState, parrot, toyConsumers } from '../../test/harness/consumers/toy.ts';
import { until } from '../../test/harness/wait.ts';
import { ToySystem } from './consumer.fixture.ts';
import type { Consumer } from './consumer.ts';
import { listDeadLetters } from './dead-letters.store.ts';
import { type DeadLetterSource, discard, redrive } from './dead-letters.ts';
import { defineConsumer } from './definition.ts';

const SOMEBODY = causeOf('somebody');

let system: ToySystem;
beforeEach(async () => {
  system = await ToySystem.open();
});
afterEach(async () => await system.close());

/** The seeds that the consumer has counted for a parrot. */
const seedsOf = async (n: number) => {
  const { totals } = await feedingState(system.database);
  const row = (totals as { id: string; seeds: number }[]).find(({ id }) => id === parrot(n));
  return Number(row?.seeds ?? 0);
};
const counts = (n: number, seeds: number) =>
  until(async () => (await seedsOf(n)) === seeds, { what: `${seeds} seeds` });
const sourceOf = (consumer: Consumer): DeadLetterSource => ({
  database: system.database,
  contextOf: (name) => (name === consumer.context.name ? consumer.context : undefined),
  workOf: () => undefined,
});
const openLetter = async () => {
  const [letter] = await listDeadLetters(system.database, { status: 'open', limit: 10 });
  if (letter === undefined) throw new Error('There is no letter');
  return letter;
};

describe('an event that was dead-lettered', () => {
  let consumer: Consumer;
  let broken = true;
  beforeEach(async () => {
    broken = true;
    const failing = defineConsumer({
      ...toyConsumers.feedings,
      handle: async (batch, tx, platform) => {
        if (broken && batch.some(({ data }) => data.seeds === 13)) throw new TypeError('Unlucky');
        await toyConsumers.feedings.handle(batch, tx, platform);
      },
    });
    consumer = system.node.consume('feedings', failing);
    await system.publish([fed(1, 1, 10), fed(1, 2, 13), fed(1, 3, 30), fed(2, 1, 7)]);
    await until(async () => (await system.count('dead_letter')) === 1);
    await counts(2, 7);
  });

  it('delays no other event, not even one of its aggregate', async () => {
    await counts(1, 40);
    expect(await openLetter()).toMatchObject({
      consumer: 'toys-feedings',
      subject: `parrot/${parrot(1)}`,
      sequence: 2,
      code: 'TypeError',
      message: 'Unlucky',
      status: 'open',
    });
  });

  it('is applied when it is redriven, once', async () => {
    await counts(1, 40);
    broken = false;
    const { id } = await openLetter();
    const both = await Promise.allSettled([
      redrive(sourceOf(consumer), id, SOMEBODY),
      redrive(sourceOf(consumer), id, SOMEBODY),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await seedsOf(1)).toBe(53);
    await expect(discard(sourceOf(consumer), id, SOMEBODY, 'too late')).rejects.toMatchObject({
      type: 'conflict',
    });
  });

  it('stays open when the redrive fails, with the new reason', async () => {
    await counts(1, 40);
    const { id, attempts } = await openLetter();
    await expect(redrive(sourceOf(consumer), id, SOMEBODY)).rejects.toThrow('Unlucky');
    expect(await openLetter()).toMatchObject({ attempts: attempts + 1, status: 'open' });
    expect(await seedsOf(1)).toBe(40);
  });

  it('is never applied after it was discarded', async () => {
    await counts(1, 40);
    const { id } = await openLetter();
    await discard(sourceOf(consumer), id, SOMEBODY, 'of no use');
    const discarded = deadLetterDiscardedOf('toys');
    const events = await system.database.rows<{ type: string; payload: Buffer }>(
      'SELECT type, payload FROM outbox',
    );
    expect(events.map(({ type }) => type)).toEqual([discarded.type]);
    const [data] = events.map(({ payload }) => decodeEvent(discarded, discarded.schema, payload));
    expect(data).toMatchObject({ letterId: id, reason: 'of no use' });
    // Its redelivery changes nothing.
    await consumer.stop();
    await system.bus.manager.consumers.delete(system.stream, 'toys-feedings');
    broken = false;
    (await system.anotherNode()).consume('feedings');
    await until(async () => (await system.consumerInfo('feedings')).ack_floor.stream_seq === 4);
    expect(await seedsOf(1)).toBe(40);
  });

  it('does not change when the event of its settlement cannot be written', async () => {
    await counts(1, 40);
    broken = false;
    const { id } = await openLetter();
    const { database } = system;
    const run =
      (tx: Tx): Tx['run'] =>
      (sql, bind) =>
        sql.includes('INTO outbox ') ? Promise.reject(new Error('No outbox')) : tx.run(sql, bind);
    const inTransaction: Database['inTransaction'] = (work) =>
      database.inTransaction((tx) => work({ ...tx, run: run(tx) }));
    const source = { ...sourceOf(consumer), database: { ...database, inTransaction } };
    await expect(redrive(source, id, SOMEBODY)).rejects.toThrow('No outbox');
    expect((await openLetter()).status).toBe('open');
    expect(await seedsOf(1)).toBe(40);
  });
});

describe('a message whose subject differs from that of its type', () => {
  const genuine = encode(fed(1, 1, 5));
  const forged = encode(fed(1, 1, 7));
  /** As somebody can have the server write it, who may not publish the type. */
  const publishForged = async (headers: Record<string, string>) => {
    const message = natsHeaders();
    for (const [name, value] of Object.entries(headers)) message.set(name, value);
    await system.bus.jetstream.publish(`${system.config.namespace}.toys.parrot.renamed.v1`, forged.payload, {
      headers: message,
    });
  };
  const { 'Nats-Msg-Id': _, ...headers } = forged.headers;
  /** Reads every type of its stream, as the consumers that see such a message do. */
  const all = defineConsumer({
    ...toyConsumers.feedings,
    reads: 'all',
    handle: async (batch, tx, platform) => await toyConsumers.feedings.handle(batch as never, tx, platform),
  });

  it('F18: is never redriven, and changes nothing when it is discarded', async () => {
    const consumer = system.node.consume('feedings', all);
    await publishForged(headers);
    await until(async () => (await system.count('dead_letter')) === 1);
    const { id, ...letter } = await openLetter();
    expect(letter).toMatchObject({ code: 'foreign_subject', attempts: 1 });
    await expect(redrive(sourceOf(consumer), id, SOMEBODY)).rejects.toMatchObject({ type: 'conflict' });
    expect(await openLetter()).toMatchObject({ id, code: 'foreign_subject', attempts: 1 });
    await discard(sourceOf(consumer), id, SOMEBODY, 'forged');
    expect(await seedsOf(1)).toBe(0);
    await system.publish([genuine]);
    await counts(1, 5);
  });

  it.each([
    ['with its type', {}],
    ['without a type', { 'ce-type': '' }],
  ])('F18: does not block the event whose id it carries (%s)', async (_case, other) => {
    system.node.consume('feedings', all);
    const taken = { 'ce-id': genuine.id, 'ce-sequence': genuine.headers['ce-sequence'] ?? '' };
    const carried = Object.entries({ ...headers, ...taken, ...other }).filter(([, value]) => value !== '');
    await publishForged(Object.fromEntries(carried));
    await until(async () => (await system.count(`dead_letter WHERE code = 'foreign_subject'`)) === 1);
    await system.publish([genuine]);
    await counts(1, 5);
  });
});
