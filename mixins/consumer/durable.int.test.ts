import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { noteAhead } from '#mixins/bus/epochs.ts';
import { subjectOf } from '#mixins/names.ts';
import type { EventContract } from '#schemas/event.ts';
import { openBus } from '../../test/harness/consumers/stage.ts';
import { until } from '../../test/harness/wait.ts';
import type { ConsumerContext } from './context.ts';
import { DEFAULT_SETTINGS } from './definition.ts';
import { bindDurable, createDurable, filterOf, watchEpoch } from './durable.ts';

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

describe('a reading of the epoch that began before a note and ends after it', () => {
  it('G22: leaves the newer note, which the watch has seen, in force', async () => {
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    let reconnected = () => {};
    // The answer to a read arrives late. The watch does not use `get`.
    const slow = new Proxy(setting.bus, {
      get(bus, key: keyof Bus) {
        if (key === 'onReconnect') {
          return (action: () => void) => {
            reconnected = action;
            return () => {};
          };
        }
        if (key === 'bucket') return (name: string) => bus.bucket(name).then(late);
        const value = bus[key];
        return typeof value === 'function' ? value.bind(bus) : value;
      },
    });
    const late = (kv: Awaited<ReturnType<Bus['bucket']>>) => {
      const get = kv.get.bind(kv);
      kv.get = async (key) => {
        const entry = await get(key);
        begun.resolve();
        await gate.promise;
        return entry;
      };
      return kv;
    };
    const epochs: number[] = [];
    const context: Partial<ConsumerContext> = {
      name: 'keepers-parrots',
      definition: { stream: 'parrots' } as ConsumerContext['definition'],
      platform: { bus: slow } as ConsumerContext['platform'],
      logger: { debug() {}, info() {}, warn() {}, error() {}, fatal() {} },
      warnThrottled: () => {},
      skipped: [],
      watched: 0,
    };
    const end = watchEpoch(context as ConsumerContext, (epoch) => epochs.push(epoch));
    reconnected();
    await begun.promise;
    await noteAhead(setting.bus, 'parrots', 'parrots', [2, 3], 0);
    await until(() => context.skipped?.length === 1);
    const before = epochs.length;
    gate.resolve();
    await until(() => epochs.length > before);
    expect(context.skipped).toEqual([[2, 3]]);
    end();
  });
});
