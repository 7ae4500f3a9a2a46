import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SILENT } from '#mixins/log.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import type { Bus } from './bus.ts';
import { raiseEpoch, watchEpochs } from './epochs.ts';
import { createBus } from './nats-bus.ts';

let config: Config;
let bus: Bus;
beforeEach(async () => {
  config = testConfig();
  bus = createBus(config);
  await bus.start();
});
afterEach(async () => {
  await bus.stop();
  await dropNamespace(config);
});

describe('a listener that throws', () => {
  it('F18: is logged, and keeps no other listener from the change', async () => {
    const seen: string[] = [];
    const warnings: unknown[] = [];
    const broken = () => {
      throw new Error('broken');
    };
    const log = { ...SILENT, warn: (text: unknown) => void warnings.push(text) };
    const ends = [
      await watchEpochs(bus, broken, log),
      await watchEpochs(bus, (service) => seen.push(service)),
    ];
    await raiseEpoch(bus, 'parrots', 0, 1);
    await until(() => seen.includes('parrots'));
    expect(warnings).toEqual([expect.stringContaining('broken')]);
    for (const end of ends) await end();
  });
});
