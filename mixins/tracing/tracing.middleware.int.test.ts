/** The traces of a broker, from its actions to the collector. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Context, type Middleware, ServiceBroker } from 'moleculer';
import { nodeMetrics } from '#mixins/metrics/metrics.middleware.ts';
import { metricsOf } from '#mixins/metrics/metrics.ts';
import { Problem } from '#schemas/errors.ts';
import { readConfig } from '../../config.ts';
import { Collector } from '../../test/harness/collector.ts';
import { until } from '../../test/harness/wait.ts';
import { nodeTraces } from './tracing.middleware.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const RECORDED = { meta: { traceparent: `00-${TRACE}-${PARENT}-01`, token: 'canary-token' } };

type Meta = { traceparent?: string };
type TestContext = Context<{ text?: string }, Meta>;

let collector: Collector;
let broker: ServiceBroker;
/** The `traceparent` that each action has seen. */
let seen: Record<string, string | undefined>;

async function start(overrides: object = {}): Promise<void> {
  const config = {
    ...readConfig({}),
    namespace: 'aviary',
    otlpEndpoint: `${collector.endpoint}/`,
    ...overrides,
  };
  const metrics = nodeMetrics(config);
  const { tracing, middlewares } = nodeTraces(config, 'node-1');
  broker = new ServiceBroker({
    logger: false,
    tracing,
    metrics: metrics.metrics,
    middlewares: [metrics.middleware, ...middlewares] as Middleware[],
  });
  broker.createService({
    name: 'parrots',
    actions: {
      async hatch(ctx: TestContext) {
        seen.hatch = ctx.meta.traceparent;
        await ctx.call('cages.find', { text: 'canary-text' });
        seen.afterFirst = ctx.meta.traceparent;
        await ctx.call('cages.lock').catch(() => {});
        seen.afterSecond = ctx.meta.traceparent;
        return 'canary-result';
      },
    },
  });
  broker.createService({
    name: 'cages',
    actions: {
      find(ctx: TestContext) {
        seen.find = ctx.meta.traceparent;
      },
      lock() {
        throw new Problem('conflict', 'canary-detail');
      },
      break() {
        throw new Error('canary-message');
      },
    },
  });
  await broker.start();
}

beforeEach(async () => {
  seen = {};
  collector = await Collector.start();
});
afterEach(async () => {
  await broker.stop();
  await collector.stop();
});

const named = (name: string) => collector.spans.find((span) => span.name === name);
const counts = async () => {
  await metricsOf(broker).refresh();
  const text = metricsOf(broker).reporter?.generatePrometheusResponse() ?? '';
  return [...text.matchAll(/^[a-z]+_(trace_spans.*)$/gm)].map(([, line]) => line);
};

describe('a call of a recorded trace', () => {
  beforeEach(() => start({ otlpHeaders: { 'api-key': 'key' } }));

  it('has a span, and the calls within it have spans below that one', async () => {
    await broker.call('parrots.hatch', {}, RECORDED);
    await broker.stop();
    const [hatch, find, lock] = ['parrots.hatch', 'cages.find', 'cages.lock'].map(named);
    expect(hatch).toMatchObject({ traceId: TRACE, parentId: PARENT, service: 'parrots', kind: 'internal' });
    expect(find).toMatchObject({
      traceId: TRACE,
      parentId: hatch?.spanId,
      service: 'cages',
      hasFailed: false,
    });
    expect(lock).toMatchObject({ parentId: hatch?.spanId, attributes: { 'error.type': 'conflict' } });
    expect(collector.spans).toHaveLength(3);
    const { hatch: own, find: nested, ...after } = seen;
    expect([own, nested]).toEqual([hatch, find].map((span) => `00-${TRACE}-${span?.spanId}-01`));
    expect(after).toEqual({ afterFirst: own, afterSecond: own });
    expect(RECORDED.meta.traceparent).toBe(`00-${TRACE}-${PARENT}-01`);
  });

  it('has failed if the action has thrown what is no answer', async () => {
    await expect(broker.call('cages.break', {}, RECORDED)).rejects.toThrow('canary-message');
    await broker.stop();
    expect(named('cages.break')).toMatchObject({ hasFailed: true, attributes: { 'error.type': 'Error' } });
  });

  it('says which service, node and version it was, and nothing of params, results and errors', async () => {
    await broker.call('parrots.hatch', {}, RECORDED);
    await broker.stop();
    expect(named('parrots.hatch')?.attributes).toEqual({ 'rpc.method': 'parrots.hatch' });
    expect(named('parrots.hatch')?.resource).toEqual({
      'service.name': 'parrots',
      'service.namespace': 'aviary',
      'service.version': expect.any(String),
      'service.instance.id': 'node-1',
    });
    expect(collector.bodies.length).toBeGreaterThan(0);
    for (const body of collector.bodies) expect(body.toString('latin1')).not.toContain('canary');
    expect(collector.requests[0]).toMatchObject({ 'api-key': 'key' });
  });
});

describe('other calls', () => {
  it.each([
    ['of no trace', {}],
    ['of a trace that is not recorded', { meta: { traceparent: `00-${TRACE}-${PARENT}-00` } }],
    ['with a malformed trace', { meta: { traceparent: 'x-01' } }],
  ])('%s have no spans', async (_, options: { readonly meta?: Meta }) => {
    await start();
    await broker.call('parrots.hatch', {}, options);
    await broker.stop();
    expect(collector.requests).toEqual([]);
    expect(seen.find).toBe(options.meta?.traceparent);
  });

  it('have no spans where there is no collector', async () => {
    await start({ otlpEndpoint: null });
    await broker.call('parrots.hatch', {}, RECORDED);
    await broker.stop();
    expect(collector.requests).toEqual([]);
    expect(seen.find).toBe(RECORDED.meta.traceparent);
    expect(broker.isTracingEnabled()).toBe(false);
  });
});

describe('a collector that refuses', () => {
  it('SYS-4: delays no call, and what is lost is counted', async () => {
    collector.status = 400;
    await start();
    await broker.call('cages.find', {}, RECORDED);
    await until(() => collector.requests.length > 0, { what: 'a request to the collector' });
    await broker.stop();
    expect(await counts()).toEqual([
      'trace_spans_exported_total 0',
      'trace_spans_dropped_total{reason="overflow"} 0',
      'trace_spans_dropped_total{reason="refused"} 1',
    ]);
  });
});
