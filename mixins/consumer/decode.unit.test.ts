import { describe, expect, it } from '@jest/globals';
import { encode } from '../../test/harness/consumers/encode.ts';
import { fixtureEvent } from '../../test/harness/consumers/fixture.ts';
import { MemoryDurable } from '../../test/harness/consumers/memory-durable.ts';
import { fed, parrot, parrotFed, toyConsumers } from '../../test/harness/consumers/toy.ts';
import { decoderOf } from './decode.ts';
import { defineConsumer } from './definition.ts';

const identified = { ...parrotFed, idField: 'parrotId' };
const consumer = defineConsumer({ ...toyConsumers.feedings, reads: [identified] });
const schemas = { knownSchema: () => undefined, writerSchema: async () => parrotFed.schema };
const decoder = decoderOf(consumer, 'ns', schemas);

const plain = decoderOf(toyConsumers.feedings, 'ns', schemas);

async function decoded(subject: string, inside: string) {
  const event = encode(fixtureEvent(identified, subject, 1, { parrotId: inside, seeds: 5 }));
  const [message] = new MemoryDurable([event], 'ns').deliver([event], () => true);
  if (message === undefined) throw new Error('One was delivered');
  return decoder.decode(message);
}

describe('an event that names its aggregate twice', () => {
  it('is read when both are equal', async () => {
    expect(await decoded(parrot(1), parrot(1))).toMatchObject({ kind: 'event' });
  });

  it('is poison when they differ', async () => {
    expect(await decoded(parrot(1), parrot(2))).toMatchObject({
      kind: 'poison',
      error: { code: 'wrong_aggregate' },
    });
  });
});

describe('a decoded event', () => {
  it('has its aggregate and its position in the stream', async () => {
    const events = [encode(fed(1, 1, 5)), encode(fed(2, 1, 7))];
    const [, second] = new MemoryDurable(events, 'ns').deliver(events, () => true);
    if (second === undefined) throw new Error('Two were delivered');
    expect(await plain.decode(second)).toMatchObject({
      kind: 'event',
      delivery: { aggregateId: parrot(2), streamSequence: 2, data: { seeds: 7 } },
    });
  });
});

describe('an event for several consumers', () => {
  const all = decoderOf(defineConsumer({ ...toyConsumers.feedings, reads: 'all' }), 'ns', {
    ...schemas,
    knownSchema: () => parrotFed.schema,
  });
  const message = () => {
    const [first] = new MemoryDurable([encode(fed(1, 1, 5))], 'ns').deliver(
      [encode(fed(1, 1, 5))],
      () => true,
    );
    if (first === undefined) throw new Error('One was delivered');
    return first;
  };

  it('is decoded once for those with the same contract, and by its schema alone for all types', async () => {
    const shared = message();
    const first = await plain.decode(shared);
    expect(await plain.decode(shared)).toEqual(first);
    expect(shared.parts.get(parrotFed)).toMatchObject({ data: { seeds: 5 } });
    expect(shared.parts.has('all')).toBe(false);
    expect(await all.decode(shared)).toMatchObject({ kind: 'event', delivery: { data: { seeds: 5 } } });
  });

  it('is refused by the consumer whose contract it breaks, not by the others', async () => {
    const shared = { ...message(), data: Buffer.from('torn') };
    expect(await plain.decode(shared)).toMatchObject({ kind: 'poison' });
    expect(shared.parts.has(parrotFed)).toBe(false);
    const other = defineConsumer({ ...toyConsumers.feedings, reads: [] });
    expect(await decoderOf(other, 'ns', schemas).decode(shared)).toEqual({ kind: 'unread' });
  });
});
