import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { readConfig } from '../../config.ts';
import { readMetrics } from '../../test/metrics.fixture.ts';
import { metricsListener } from './listener.middleware.ts';
import { nodeMetrics } from './metrics.middleware.ts';

const { product } = readConfig({});
const brokers: ServiceBroker[] = [];

afterEach(() => Promise.all(brokers.splice(0).map((broker) => broker.stop())));

/** A started node, and what was told of its address. */
async function nodeWith(metrics: 'off' | 'loopback', port = 0) {
  const told: string[] = [];
  const made = nodeMetrics({ metrics, product, dataDir: '/nowhere' });
  const listener = metricsListener({ host: '127.0.0.1', port }, (url) => {
    told.push(url);
    return () => told.push('end');
  });
  const broker = new ServiceBroker({
    logger: false,
    metrics: made.metrics,
    middlewares: [made.middleware, listener],
  });
  await broker.start();
  brokers.push(broker);
  return { broker, told };
}

describe('a node with metrics', () => {
  it('answers at its own port, and at no other path', async () => {
    const { told } = await nodeWith('loopback');
    const [url = ''] = told;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const answer = await fetch(url);
    expect(readMetrics(await answer.text()).has(`${product.name}_build_info`)).toBe(true);
    expect((await fetch(new URL('/other', url))).status).toBe(404);
  });

  it('listens no more when it has stopped, also if a reader keeps its connection', async () => {
    const { broker, told } = await nodeWith('loopback');
    const url = new URL(told[0] ?? '');
    const socket = connect(Number(url.port), url.hostname);
    await new Promise((resolve) => socket.once('connect', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await broker.stop();
    await closed;
    expect(told.at(-1)).toBe('end');
    await expect(fetch(url)).rejects.toThrow();
  });

  it('does not start if its port is taken', async () => {
    const { told } = await nodeWith('loopback');
    const port = Number(new URL(told[0] ?? '').port);
    await expect(nodeWith('loopback', port)).rejects.toThrow(/EADDRINUSE/);
  });
});

describe('a node without metrics', () => {
  it('does not listen', async () => {
    expect((await nodeWith('off')).told).toEqual([]);
  });
});
