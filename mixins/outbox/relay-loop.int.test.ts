import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NatsError } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import type { Database } from '#mixins/database/database.ts';
import { SILENT } from '#mixins/log.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { startNats, type TestServer, testServers } from '../../test/harness/servers.ts';
import { until } from '../../test/harness/wait.ts';
import {
  append,
  appendCages,
  cleaned,
  countIn,
  mail,
  type OpenDatabase,
  openDatabase,
  outOfOrder,
  storedIn,
  unpublished,
} from './outbox.fixture.ts';
import { RelayLoop } from './relay-loop.ts';

let nats: TestServer;
let config: Config;
let bus: Bus;
let database: OpenDatabase;
let loop: RelayLoop;
let messages: string[];

beforeEach(async () => {
  nats = await startNats();
  config = testConfig({ natsUrls: [nats.url] });
  bus = createBus(config);
  await bus.start();
  database = await openDatabase(config, 'parrots');
  messages = [];
  const log = (message: string) => messages.push(message);
  loop = new RelayLoop({ database, bus, log: { info: log, warn: log, error: log } });
  loop.start();
});

afterEach(async () => {
  await loop.stop();
  await database.close();
  await bus.stop();
  await nats.dispose();
  await dropNamespace({ ...config, natsUrls: [testServers().natsUrl] });
});

/** Appends until told to stop; the result is how many events were committed. */
function load(into: Database): () => Promise<number> {
  let on = true;
  const running = (async () => {
    let total = 0;
    while (on) {
      total += await appendCages(into, 10, 3);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return total;
  })();
  return () => {
    on = false;
    return running;
  };
}

async function allLeft(): Promise<void> {
  await until(async () => (await unpublished(database)) === 0, { within: 30_000, every: 50 });
}

async function expectOnceAndInOrder(total: number): Promise<void> {
  const stored = await storedIn(bus, 'parrots');
  expect(stored.length).toBe(total);
  expect(new Set(stored.map(({ id }) => id)).size).toBe(total);
  expect(outOfOrder(stored)).toEqual([]);
}

describe('A relay that idles', () => {
  it('publishes events at once that this node commits', async () => {
    await append(database, cleaned(randomUUID(), 1));
    await allLeft();
    expect(await countIn(bus, 'parrots')).toBe(1);
  });

  it('completes its pass when it is stopped', async () => {
    const total = await appendCages(database, 50, 20);
    await until(async () => (await unpublished(database)) < total);
    await loop.stop();
    expect(await unpublished(database)).toBe(total - (await countIn(bus, 'parrots')));
  });
});

describe('While NATS is away', () => {
  it('writing goes on, and every event is published once, in order, when NATS is back', async () => {
    const stop = load(database);
    await until(async () => (await countIn(bus, 'parrots')) > 100);
    await nats.stop();
    await until(() => !bus.connected);
    const before = await unpublished(database);
    await until(async () => (await unpublished(database)) > before + 500);
    await nats.restart();
    await until(() => bus.connected);
    const total = await stop();
    await allLeft();
    await expectOnceAndInOrder(total);
    expect(messages.length).toBeLessThan(10);
  });
});

describe('Killed NATS servers', () => {
  it('lose no event and duplicate none', async () => {
    const stop = load(database);
    for (let kill = 0; kill < 3; kill++) {
      const before = await until(async () => (await countIn(bus, 'parrots')) || false);
      await until(async () => (await countIn(bus, 'parrots')) > before + 100, { within: 20_000 });
      await nats.kill();
      await nats.restart();
      await until(() => bus.connected);
    }
    const total = await stop();
    await allLeft();
    await expectOnceAndInOrder(total);
  });
});

describe('A frozen NATS server', () => {
  it('gets each event once, although many publications timed out', async () => {
    const stop = load(database);
    await until(async () => (await countIn(bus, 'parrots')) > 100);
    await nats.pause();
    await until(() => !bus.connected, { within: 15_000 });
    nats.resume();
    const total = await stop();
    await allLeft();
    await expectOnceAndInOrder(total);
  });
});

describe('A stream about which the broker does not answer', () => {
  /** Asked for these streams, the broker does not answer. */
  let silent: Set<string>;
  let relay: RelayLoop;
  const isIdle = () => relay.progress.state(performance.now(), 0).is === 'idle';
  /** At one moment, far from now; false while the relay does not fail for this stream. */
  const failureOf = (stream: string) => {
    const state = relay.progress.state(1e12);
    const reason = `No events are taken by the stream of ${stream}`;
    return 'reason' in state && state.reason === reason ? state : false;
  };

  beforeEach(async () => {
    await loop.stop();
    silent = new Set();
    const ensureStream = (service: string) =>
      silent.has(service) ? Promise.reject(new NatsError('no answer', '503')) : bus.ensureStream(service);
    const asked = new Proxy(bus, {
      get(target, name) {
        if (name === 'ensureStream') return ensureStream;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    relay = new RelayLoop({ database, bus: asked, log: SILENT });
  });

  afterEach(() => relay.stop());

  it('A2: stalls the loop no longer once it answers, even with nothing to publish', async () => {
    silent.add('parrots');
    relay.start();
    await until(() => failureOf('parrots'));
    silent.clear();
    await until(isIdle);
  });

  it('A2: stalls the loop even while events of other streams are published', async () => {
    silent.add('couriers');
    relay.start();
    await append(database, mail());
    const still = await until(() => failureOf('couriers'));
    for (let n = 0; n < 3; n++) {
      await append(database, cleaned(randomUUID(), 1));
      await until(async () => (await unpublished(database)) === 1);
    }
    // Since the same moment.
    expect(relay.progress.state(1e12)).toEqual(still);
    silent.clear();
    await allLeft();
    await until(isIdle);
  });
});

describe('Two nodes', () => {
  it('publish the events that either commits, once and in order', async () => {
    const otherBus = createBus(config);
    await otherBus.start();
    const otherDatabase = await openDatabase(config, 'parrots');
    const other = new RelayLoop({ database: otherDatabase, bus: otherBus, log: SILENT });
    other.start();
    try {
      const stops = [load(database), load(otherDatabase)];
      await until(async () => (await countIn(bus, 'parrots')) > 2_000, { within: 20_000 });
      await other.stop();
      const totals = await Promise.all(stops.map((stop) => stop()));
      await allLeft();
      await expectOnceAndInOrder((totals[0] ?? 0) + (totals[1] ?? 0));
    } finally {
      await other.stop();
      await otherDatabase.close();
      await otherBus.stop();
    }
  });
});
