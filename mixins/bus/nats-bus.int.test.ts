import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AckPolicy, DiscardPolicy, ErrorCode, nanos, RetentionPolicy, StorageType } from 'nats';
import { bucketName } from '#mixins/names.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { startNats, type TestServer } from '../../test/harness/servers.ts';
import { until } from '../../test/harness/wait.ts';
import type { Bus } from './bus.ts';
import { STREAMS_BUCKET } from './epochs.ts';
import { createBus } from './nats-bus.ts';
import { keptReplicas, REPLICAS_KEY } from './replicas.ts';

describe('A bus', () => {
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

  it('makes streams that delete nothing and keep message ids for ten minutes', async () => {
    const name = await bus.ensureStream('parrots');
    expect(name).toBe(`${config.namespace}_PARROTS`);
    expect((await bus.manager.streams.info(name)).config).toMatchObject({
      subjects: [`${config.namespace}.parrots.>`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      deny_delete: true,
      deny_purge: true,
      duplicate_window: nanos(600_000),
      max_age: 0,
      max_bytes: -1,
      max_msgs: -1,
      max_msg_size: 65_536,
      num_replicas: 1,
    });
  });

  it('makes a stream or a bucket once when many nodes do it at the same time', async () => {
    const others = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const other = createBus(config);
        await other.start();
        return other;
      }),
    );
    try {
      const all = [bus, ...others];
      const names = await Promise.all(all.map((one) => one.ensureStream('parrots')));
      expect(new Set(names).size).toBe(1);
      const buckets = await Promise.all(all.map((one) => one.bucket('identity')));
      await buckets[0]?.put('key.a', 'x');
      expect((await buckets[5]?.get('key.a'))?.string()).toBe('x');
    } finally {
      await Promise.all(others.map((other) => other.stop()));
    }
  });

  it('updates the settings of an older stream and leaves the limits that an operator has set', async () => {
    await bus.manager.streams.add({
      name: `${config.namespace}_PARROTS`,
      subjects: [`${config.namespace}.parrots.>`],
      max_bytes: 1_000_000,
    });
    await bus.ensureStream('parrots');
    expect((await bus.manager.streams.info(`${config.namespace}_PARROTS`)).config).toMatchObject({
      discard: DiscardPolicy.New,
      deny_purge: true,
      duplicate_window: nanos(600_000),
      max_bytes: 1_000_000,
    });
  });

  it('leaves a stream unchanged if NATS refuses a change, and logs it', async () => {
    const warnings: string[] = [];
    const warned = createBus(config, { info() {}, error() {}, warn: (message) => warnings.push(message) });
    await bus.manager.streams.add({
      name: `${config.namespace}_PARROTS`,
      subjects: [`${config.namespace}.parrots.>`],
      storage: StorageType.Memory,
    });
    await warned.start();
    await warned.ensureStream('parrots');
    await warned.stop();
    expect(warnings).toEqual([expect.stringContaining('storage')]);
  });

  it('ends when something else closes its connection', async () => {
    const reasons: Error[] = [];
    const other = createBus(config, undefined, { onClosed: (reason) => reasons.push(reason) });
    await other.start();
    await other.connection.close();
    await until(() => reasons.length === 1);
    expect(other.connected).toBe(false);
    expect(reasons[0]?.message).toContain('closed');
    await bus.stop();
    expect(reasons.length).toBe(1);
  });

  it('reports refused credentials at once', async () => {
    const url = new URL(config.natsUrls[0] ?? '');
    url.password = 'wrong';
    const other = createBus({ ...config, natsUrls: [url.href] });
    await expect(other.start()).rejects.toMatchObject({ code: ErrorCode.AuthorizationViolation });
  });
});

const MESSAGES = 40_000;
const DURABLES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Adds so much that a deletion takes some milliseconds. */
async function fill(bus: Bus, stream: string): Promise<void> {
  const payload = new Uint8Array(200);
  for (let n = 1; n < MESSAGES; n++)
    bus.connection.publish(`${bus.namespace}.parrots.parrot.created.v1`, payload);
  await bus.jetstream.publish(`${bus.namespace}.parrots.parrot.created.v1`, payload);
  for (const durable_name of DURABLES) {
    await bus.manager.consumers.add(stream, { durable_name, ack_policy: AckPolicy.Explicit });
  }
}

describe('A bus whose server goes away', () => {
  let server: TestServer;
  let config: Config;
  let bus: Bus;
  beforeEach(async () => {
    server = await startNats();
    config = testConfig({ natsUrls: [server.url] });
    bus = createBus(config);
  });
  afterEach(async () => {
    await bus.stop();
    await server.dispose();
  });

  it('waits for it at the start, and can be stopped while it waits', async () => {
    await server.stop();
    const starting = bus.start();
    const other = createBus(config);
    const given = expect(other.start()).rejects.toThrow('stopped');
    await other.stop();
    await given;
    await server.restart();
    await starting;
    expect(bus.connected).toBe(true);
  });

  it('is back after a kill, with streams and buckets, and reports it', async () => {
    await bus.start();
    const name = await bus.ensureStream('parrots');
    await (await bus.bucket('identity')).put('key.a', 'x');
    let told = 0;
    bus.onReconnect(() => told++);
    await server.kill();
    await until(() => !bus.connected);
    await server.restart();
    await until(() => told === 1);
    expect(bus.connected).toBe(true);
    expect((await bus.manager.streams.info(name)).config.name).toBe(name);
    expect((await (await bus.bucket('identity')).get('key.a'))?.string()).toBe('x');
  });

  it('makes a stream or bucket that is being deleted again, so that it keeps what it then accepts', async () => {
    await bus.start();
    const nodes = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const node = createBus(config);
        await node.start();
        await node.ensureStream('parrots');
        await node.bucket('identity');
        return node;
      }),
    );
    try {
      const name = await bus.ensureStream('parrots');
      const bucket = `KV_${bucketName(config.namespace, 'identity')}`;
      for (let round = 0; round < 3; round++) {
        await fill(bus, name);
        let over = false;
        const deleting = Promise.all([name, bucket].map((each) => bus.manager.streams.delete(each))).then(
          () => {
            over = true;
          },
        );
        const makeAgain = async (node: Bus) => {
          for (let last = false; !last; ) {
            last = over;
            await node.ensureStream('parrots');
            await node.bucket('identity');
          }
        };
        await Promise.all([deleting, ...nodes.map(makeAgain)]);
        const subject = `${config.namespace}.parrots.parrot.created.v1`;
        const { seq } = await bus.jetstream.publish(subject, `after ${round}`);
        await (await bus.bucket('identity')).put('key.a', `after ${round}`);
        await server.kill();
        await server.restart();
        await until(() => nodes.every(({ connected }) => connected) && bus.connected, { within: 20_000 });
        expect((await bus.manager.streams.getMessage(name, { seq })).string()).toBe(`after ${round}`);
        expect((await (await bus.bucket('identity')).get('key.a'))?.string()).toBe(`after ${round}`);
      }
    } finally {
      await Promise.all(nodes.map((node) => node.stop()));
    }
  }, 60_000);

  it('G26: is noticed when it freezes, within seconds, and logged once', async () => {
    const lines: string[] = [];
    const note = (text: string) => void lines.push(text);
    const told = createBus(config, { info: note, warn: note, error: note });
    await told.start();
    try {
      await server.pause();
      await until(() => !told.connected);
      server.resume();
      await until(() => told.connected);
    } finally {
      await told.stop();
    }
    const about = lines.filter((line) => line.startsWith('NATS is away'));
    expect(about).toEqual([
      expect.stringMatching(/^NATS is away: lost 127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^NATS is away: over after \d+ s$/),
    ]);
  });
});

describe('A single server that is asked for three replicas', () => {
  let server: TestServer;
  let config: Config;
  let bus: Bus;
  beforeEach(async () => {
    server = await startNats();
    config = testConfig({ natsUrls: [server.url] });
    bus = createBus(config);
    await bus.start();
  });
  afterEach(async () => {
    await bus.stop();
    await server.dispose();
  });

  /**
   * Starts a node as services do. Returns its warnings and the resulting replicas of each stream.
   */
  async function startNode(streamReplicas: number | null): Promise<[string[], number[]]> {
    const warnings: string[] = [];
    const log = { info() {}, error() {}, warn: (text: string) => void warnings.push(text) };
    const node = createBus({ ...config, streamReplicas }, log);
    await node.start();
    try {
      await node.ensureStream('parrots');
      await node.bucket(STREAMS_BUCKET);
      await node.ensureStream('couriers');
    } finally {
      await node.stop();
    }
    const found: number[] = [];
    for await (const stream of bus.manager.streams.list()) found.push(stream.config.num_replicas);
    return [warnings, found];
  }
  const warning = expect.stringMatching(/^NATS is a single server .* place for 3 replicas/);

  async function restart(): Promise<void> {
    await server.restart();
    await until(() => bus.connected);
  }

  it('G23: keeps one replica of each stream, new or not, logs one warning, and does not store the number', async () => {
    expect(await startNode(3)).toEqual([[warning], [1, 1, 1]]);
    expect(await startNode(3)).toEqual([[warning], [1, 1, 1]]);
    expect(await keptReplicas(bus.manager, config.namespace)).toBeNull();
    await bus.jetstream.publish(`${config.namespace}.parrots.parrot.created.v1`, 'x');
    await restart();
    const { state } = await bus.manager.streams.info(`${config.namespace}_PARROTS`);
    expect(state.messages).toBe(1);
  });

  it('G23: gets one replica for each stream that an older start changed to three, before and after a restart', async () => {
    await startNode(null);
    await (await bus.bucket(STREAMS_BUCKET)).put(REPLICAS_KEY, '3');
    await bus.jetstream.publish(`${config.namespace}.parrots.parrot.created.v1`, 'x');
    const raiseAll = async () => {
      for (const stream of await bus.manager.streams.list().next()) {
        await bus.manager.streams.update(stream.config.name, { ...stream.config, num_replicas: 3 });
      }
    };
    await raiseAll();
    expect(await startNode(null)).toEqual([[warning], [1, 1, 1]]);
    await raiseAll();
    await restart();
    expect(await bus.manager.streams.names().next()).not.toContain(`${config.namespace}_PARROTS`);
    expect(await startNode(null)).toEqual([[warning], [1, 1, 1]]);
    const { state } = await bus.manager.streams.info(`${config.namespace}_PARROTS`);
    expect(state.messages).toBe(1);
  });
});
