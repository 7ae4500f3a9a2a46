import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { subjectOf } from '#mixins/names.ts';
import type { EventContract } from '#schemas/event.ts';
import { openBus } from '../../test/harness/consumers/stage.ts';
import { DEFAULT_SETTINGS } from './definition.ts';
import { bindDurable, createDurable, filterOf } from './durable.ts';

let setting: Awaited<ReturnType<typeof openBus>>;
let stream: string;
beforeAll(async () => {
  setting = await openBus();
  stream = await setting.bus.ensureStream('parrots');
});
afterAll(() => setting.close());

const contract = (type: `${string}.${string}.${string}.v1`): EventContract => ({
  type,
  aggregate: 'parrot',
  schema: { type: 'record', name: 'parrots.Any', fields: [] },
});
const fed = contract('parrots.parrot.fed.v1');
const sung = contract('parrots.parrot.sung.v1');

describe('the filter of a durable', () => {
  it('is the subject if only one type is read', () => {
    expect(filterOf({ reads: [fed] }, 'zoo')).toBe('zoo.parrots.parrot.fed.v1');
  });

  it.each([
    ['several types are read', { reads: [fed, sung] }],
    ['all types are read', { reads: 'all' }],
  ] as const)('is absent if %s', (_, definition) => {
    expect(filterOf(definition, 'zoo')).toBeUndefined();
  });
});

describe('a durable with a filter', () => {
  it('gets only the subject of its filter, and everything again when the filter is removed', async () => {
    const { bus, config } = setting;
    const name = { stream, durable: 'keepers-parrots' };
    const filter = subjectOf(config.namespace, fed.type);
    await createDurable(bus, name, DEFAULT_SETTINGS, 1, filter);
    for (const { type } of [sung, sung, fed]) {
      // A stream that was made this moment may not answer yet.
      await bus.jetstream.publish(subjectOf(config.namespace, type), '');
    }
    expect(await bus.manager.consumers.info(stream, name.durable)).toMatchObject({ num_pending: 1 });
    expect(await bindDurable(bus, name, DEFAULT_SETTINGS, filter)).toBe(true);
    expect(await bindDurable(bus, name, DEFAULT_SETTINGS)).toBe(true);
    expect(await bus.manager.consumers.info(stream, name.durable)).toMatchObject({ num_pending: 3 });
  });
});
