import { describe, expect, it } from '@jest/globals';
import { encode } from '../../test/harness/consumers/encode.ts';
import { fixtureEvent } from '../../test/harness/consumers/fixture.ts';
import { MemoryDurable } from '../../test/harness/consumers/memory-durable.ts';
import { fed, parrot, parrotFed, toyConsumers } from '../../test/harness/consumers/toy.ts';
import { decoderOf } from './decode.ts';
import { defineConsumer } from './definition.ts';

const identified = { ...parrotFed, idField: 'parrotId' };
const consumer = defineConsumer({ ...toyConsumers.feedings, reads: [identified] });
const decoder = decoderOf(consumer, 'ns', { writerSchema: async () => parrotFed.schema });

const plain = decoderOf(toyConsumers.feedings, 'ns', { writerSchema: async () => parrotFed.schema });

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
