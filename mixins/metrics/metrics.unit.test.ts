import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { currentScope } from '#mixins/call-scope.ts';
import { readConfig } from '../../config.ts';
import { figureOf, readMetrics } from '../../test/metrics.fixture.ts';
import { nodeMetrics } from './metrics.middleware.ts';
import { type MetricSource, Metrics, metricsOf } from './metrics.ts';

const { product } = readConfig({});
const NAME = `${product.name}_eggs`;

const source = (name: string, read: MetricSource<'eggs'>['read']): MetricSource<'eggs'> => ({
  name,
  labels: ['nest'],
  metrics: { eggs: { type: 'gauge', help: 'Eggs' } },
  read,
});

const sample = (nest: string, eggs: number | null) => ({ labels: { nest }, values: { eggs } });

function brokerWith(metrics: 'off' | 'loopback'): ServiceBroker {
  const made = nodeMetrics({ metrics, product, dataDir: '/nowhere' });
  return new ServiceBroker({ logger: false, metrics: made.metrics, middlewares: [made.middleware] });
}

let broker: ServiceBroker;

beforeEach(async () => {
  broker = brokerWith('loopback');
  await broker.start();
});
afterEach(() => broker.stop());

/** With limits of a test: readings are never kept. */
const metricsWith = (withinMs = 1_000) =>
  new Metrics(broker, metricsOf(broker).reporter, { keptMs: 0, withinMs });

async function shown(metrics: Metrics) {
  await metrics.refresh();
  return readMetrics(metrics.reporter?.generatePrometheusResponse() ?? '');
}

describe('a source', () => {
  it('is read when the metrics are, and its values that are gone have no lines any more', async () => {
    const metrics = metricsWith();
    let nests = ['oak', 'elm'];
    metrics.add(source('parrots-nests', () => nests.map((nest) => sample(nest, 2))));
    expect((await shown(metrics)).get(NAME)?.lines).toHaveLength(2);
    nests = ['elm'];
    const lines = (await shown(metrics)).get(NAME)?.lines;
    expect(lines).toEqual([{ name: NAME, labels: { nest: 'elm' }, value: 2 }]);
  });

  it.each([
    ['does not answer', () => new Promise<never>(() => {})],
    ['fails', () => Promise.reject(new Error('away'))],
    [
      'throws',
      () => {
        throw new Error('a bug');
      },
    ],
  ])('that %s has no values and is named, and the others are read', async (_, fails) => {
    const metrics = metricsWith(50);
    let isBroken = false;
    metrics.add(source('parrots-nests', () => (isBroken ? fails() : [sample('oak', 1)])));
    metrics.add(source('feeders-bowls', () => [sample('elm', 3)]));
    expect(figureOf(await shown(metrics), NAME, { nest: 'oak' })).toBe(1);
    isBroken = true;
    const after = await shown(metrics);
    expect(figureOf(after, NAME, { nest: 'oak' })).toBeUndefined();
    expect(figureOf(after, NAME, { nest: 'elm' })).toBe(3);
    const unreadable = `${product.name}_metrics_unreadable`;
    expect(figureOf(after, unreadable, { source: 'parrots-nests' })).toBe(1);
    expect(figureOf(after, unreadable, { source: 'feeders-bowls' })).toBe(0);
  });

  it('has a deadline for its statements', async () => {
    const metrics = metricsWith(1_000);
    let leftMs = 0;
    metrics.add(
      source('parrots-nests', () => {
        leftMs = currentScope()?.leftMs ?? 0;
        return [];
      }),
    );
    await metrics.refresh();
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(1_000);
  });

  it('is read one after another with those of its service, and once for several readers', async () => {
    const metrics = new Metrics(broker, metricsOf(broker).reporter, { keptMs: 60_000 });
    const log: string[] = [];
    const noting = (name: string) =>
      source(name, async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`${name} ends`);
        return [];
      });
    metrics.add(noting('parrots-a'));
    metrics.add(noting('parrots-b'));
    await Promise.all([metrics.refresh(), metrics.refresh()]);
    await metrics.refresh();
    expect(log).toEqual(['parrots-a begins', 'parrots-a ends', 'parrots-b begins', 'parrots-b ends']);
  });
});

describe('the metrics of Moleculer', () => {
  it('count calls by action, and keep neither single times nor timers', async () => {
    broker.createService({ name: 'parrots', actions: { hatch: () => 1 } });
    await broker.waitForServices('parrots');
    await broker.call('parrots.hatch');
    const metrics = await shown(metricsOf(broker));
    const labels = { action: 'parrots.hatch', type: 'local' };
    expect(figureOf(metrics, `${product.name}_action_calls_total`, labels)).toBe(1);
    expect(metrics.get(`${product.name}_action_duration_milliseconds`)?.lines.at(-1)).toMatchObject({
      value: 1,
    });
    for (const { values } of broker.metrics.list()) {
      for (const value of values as unknown as object[]) {
        expect(value).not.toHaveProperty('rate');
        expect(value).not.toHaveProperty('quantiles');
      }
    }
  });

  it('reveal no argument, user, address or id of the process', async () => {
    const text = [...(await shown(metricsOf(broker))).keys()].join(' ');
    expect(text).not.toMatch(/argument|user|network|hostname|pid/);
  });
});

describe('a node without metrics', () => {
  it('takes sources and reads none', async () => {
    const off = brokerWith('off');
    const metrics = metricsOf(off);
    let reads = 0;
    metrics.add(
      source('parrots-nests', () => {
        reads += 1;
        return [];
      }),
    );
    await metrics.refresh();
    expect([reads, metrics.reporter, off.isMetricsEnabled()]).toEqual([0, null, false]);
  });
});
