import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { headers as natsHeaders } from 'nats';
import { encode } from '../../test/harness/consumers/encode.ts';
import type { FixtureEvent } from '../../test/harness/consumers/fixture.ts';
import { diaryState, fed, parrot, renamed, toyConsumers } from '../../test/harness/consumers/toy.ts';
import { until } from '../../test/harness/wait.ts';
import { ToySystem } from './consumer.fixture.ts';
import type { Consumer } from './consumer.ts';
import { listLetters } from './dead-letters.store.ts';
import { discard, type LetterDesk, redrive } from './dead-letters.ts';
import { defineConsumer } from './definition.ts';

let system: ToySystem;
beforeEach(async () => {
  system = await ToySystem.open();
});
afterEach(async () => await system.close());

const diaryOf = async (n: number) => {
  const rows = (await diaryState(system.database)) as { id: string; diary: string }[];
  return rows.find(({ id }) => id === parrot(n))?.diary;
};
const reads = (n: number, diary: string) =>
  until(async () => (await diaryOf(n)) === diary, { what: `diary ${diary}` });
const nothingPending = () =>
  until(async () => {
    const info = await system.consumerInfo('diaries');
    return info.num_pending === 0 && info.num_ack_pending === 0;
  });
const deskOf = (consumer: Consumer): LetterDesk => ({
  database: system.database,
  contextOf: (name) => (name === consumer.context.name ? consumer.context : undefined),
  workOf: () => undefined,
});
const openLetter = async () => {
  const [letter] = await listLetters(system.database, { status: 'open', limit: 10 });
  if (letter === undefined) throw new Error('There is no letter');
  return letter;
};

describe('versions that come early', () => {
  it('are acknowledged, wait, and are applied when the missing one came', async () => {
    system.node.consume('diaries');
    await system.publish([fed(1, 3, 30), fed(1, 2, 20), fed(2, 1, 10)]);
    await reads(2, '1:10');
    await nothingPending();
    expect(await diaryOf(1)).toBeUndefined();
    expect(await system.count('waiting_event')).toBe(2);
    await system.publish([fed(1, 1, 10)]);
    await reads(1, '1:10 2:20 3:30');
    expect(await system.count('waiting_event')).toBe(0);
  });

  it('do not wait for versions whose type is not read', async () => {
    system.node.consume('diaries');
    await system.publish([fed(1, 3, 30), renamed(1, 2, 'Polly'), fed(1, 1, 10)]);
    await reads(1, '1:10 3:30');
  });

  it('are applied by a node that finds them waiting when it starts', async () => {
    const first = await system.anotherNode();
    first.consume('diaries');
    await system.publish([fed(1, 2, 20)]);
    await until(async () => (await system.count('waiting_event')) === 1);
    await first.stop();
    // As a node that died between its commit and what follows.
    await system.database.inTransaction((tx) =>
      tx.run('INSERT INTO sequence_position VALUES ($1, $2, 1)', ['toys-diaries', `parrot/${parrot(1)}`]),
    );
    system.node.consume('diaries');
    await reads(1, '2:20');
  });

  it('stop the consumer when there are more than may wait', async () => {
    const consumer = system.node.consume('diaries', undefined, { maxWaiting: 5 });
    await system.publish(Array.from({ length: 6 }, (_, n): FixtureEvent => fed(n, 2, 1)));
    await until(() => consumer.state.is === 'stopped');
    expect(system.node.alarms).toHaveLength(1);
    expect(await system.count('waiting_event')).toBeLessThanOrEqual(5);
  });
});

describe('an aggregate whose event was set aside', () => {
  let consumer: Consumer;
  let broken = true;
  beforeEach(async () => {
    broken = true;
    const failing = defineConsumer({
      ...toyConsumers.diaries,
      handle: async (batch, tx, platform) => {
        if (broken && batch.some(({ data }) => data.seeds === 13)) throw new TypeError('Unlucky');
        await toyConsumers.diaries.handle(batch, tx, platform);
      },
    });
    consumer = system.node.consume('diaries', failing);
    await system.publish([fed(1, 1, 10), fed(1, 2, 13), fed(1, 3, 30), fed(2, 1, 7)]);
    await reads(2, '1:7');
    await until(async () => (await system.count('dead_letter')) === 1);
    await nothingPending();
    await system.publish([fed(1, 4, 40)]);
    await until(async () => (await system.count('waiting_event')) === 2);
  });

  it('waits behind it', async () => {
    expect(await diaryOf(1)).toBe('1:10');
    expect(await openLetter()).toMatchObject({
      consumer: 'toys-diaries',
      subject: `parrot/${parrot(1)}`,
      sequence: 2,
      code: 'TypeError',
      message: 'Unlucky',
      parked: true,
      status: 'open',
    });
  });

  it('goes on when it is redriven, once', async () => {
    broken = false;
    const { id } = await openLetter();
    const both = await Promise.allSettled([
      redrive(deskOf(consumer), id, 'somebody'),
      redrive(deskOf(consumer), id, 'somebody'),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await reads(1, '1:10 2:13 3:30 4:40');
    await expect(discard(deskOf(consumer), id, 'somebody', 'too late')).rejects.toMatchObject({
      type: 'conflict',
    });
  });

  it('stays where it is when the redrive fails, with what it failed with', async () => {
    const { id, attempts } = await openLetter();
    await expect(redrive(deskOf(consumer), id, 'somebody')).rejects.toThrow('Unlucky');
    expect(await openLetter()).toMatchObject({ attempts: attempts + 1, status: 'open' });
    expect(await diaryOf(1)).toBe('1:10');
  });

  it('goes on without it when it is discarded', async () => {
    const { id } = await openLetter();
    const settled: string[] = [];
    const desk: LetterDesk = {
      ...deskOf(consumer),
      onSettled: async (_tx, letter, { status, reason }) =>
        void settled.push(`${letter.id} ${status}: ${reason}`),
    };
    await discard(desk, id, 'somebody', 'of no use');
    await reads(1, '1:10 3:30 4:40');
    expect(settled).toEqual([`${id} discarded: of no use`]);
    // Its redelivery changes nothing.
    await consumer.stop();
    await system.bus.manager.consumers.delete(system.stream, 'toys-diaries');
    broken = false;
    (await system.anotherNode()).consume('diaries');
    await until(async () => (await system.consumerInfo('diaries')).ack_floor.stream_seq === 5);
    expect(await diaryOf(1)).toBe('1:10 3:30 4:40');
  });

  it('is left as it is when the event of its settlement can not be written', async () => {
    broken = false;
    const { id } = await openLetter();
    const desk: LetterDesk = {
      ...deskOf(consumer),
      onSettled: () => Promise.reject(new Error('No outbox')),
    };
    await expect(redrive(desk, id, 'somebody')).rejects.toThrow('No outbox');
    expect((await openLetter()).status).toBe('open');
    expect(await diaryOf(1)).toBe('1:10');
  });
});

describe('a message that came under a subject that is not that of its type', () => {
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

  it('F18: is never redriven, and changes nothing when it is discarded', async () => {
    const consumer = system.node.consume('diaries');
    await publishForged(headers);
    await until(async () => (await system.count('dead_letter')) === 1);
    const { id, ...letter } = await openLetter();
    expect(letter).toMatchObject({ code: 'foreign_subject', parked: false, attempts: 1 });
    await expect(redrive(deskOf(consumer), id, 'somebody')).rejects.toMatchObject({ type: 'conflict' });
    expect(await openLetter()).toMatchObject({ id, code: 'foreign_subject', attempts: 1 });
    expect(await diaryOf(1)).toBeUndefined();
    await discard(deskOf(consumer), id, 'somebody', 'forged');
    expect(await system.count('sequence_position')).toBe(0);
    await system.publish([genuine]);
    await reads(1, '1:5');
  });

  it.each([
    ['with its type', {}],
    ['without a type', { 'ce-type': '' }],
  ])('F18: keeps out no event whose id it carries, nor one that waits (%s)', async (_case, other) => {
    system.node.consume('diaries');
    const [second] = await system.publish([fed(1, 2, 20)]);
    await until(async () => (await system.count('waiting_event')) === 1);
    for (const event of [genuine, second]) {
      const taken = { 'ce-id': event?.id ?? '', 'ce-sequence': event?.headers['ce-sequence'] ?? '' };
      const carried = Object.entries({ ...headers, ...taken, ...other }).filter(([, value]) => value !== '');
      await publishForged(Object.fromEntries(carried));
    }
    await until(async () => (await system.count(`dead_letter WHERE code = 'foreign_subject'`)) === 2);
    await system.publish([genuine]);
    await reads(1, '1:5 2:20');
  });
});

describe('two nodes with one consumer in sequence', () => {
  it('apply every version once and in order', async () => {
    const small = defineConsumer({ ...toyConsumers.diaries, batchSize: 20 });
    system.node.consume('diaries', small);
    (await system.anotherNode()).consume('diaries', small);
    const parrots = 10;
    const versions = 60;
    await system.publish(
      Array.from({ length: parrots * versions }, (_, index) => {
        const sequence = Math.floor(index / parrots) + 1;
        return fed(index % parrots, sequence, sequence);
      }),
    );
    const whole = Array.from({ length: versions }, (_, index) => `${index + 1}:${index + 1}`).join(' ');
    await until(async () => (await system.count('parrot_diary WHERE diary = $1', [whole])) === parrots, {
      within: 30_000,
    });
    await nothingPending();
    expect(await system.count('waiting_event')).toBe(0);
    expect(await system.count('dead_letter')).toBe(0);
  });
});
