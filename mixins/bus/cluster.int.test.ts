/** A bus on a cluster of three nats-servers. One of them dies. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DiscardPolicy, StorageType, type StreamConfig } from 'nats';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { SILENT } from '#mixins/log.ts';
import { bucketName, streamName } from '#mixins/names.ts';
import { append, cleaned, mail, openDatabase, unpublished } from '#mixins/outbox/outbox.fixture.ts';
import { RelayLoop } from '#mixins/outbox/relay-loop.ts';
import type { Config } from '../../config.ts';
import { loadProducts } from '../../product.ts';
import { makeBackup } from '../../scripts/backup/make-backup.ts';
import { restoreBackup } from '../../scripts/backup/restore-backup.ts';
import { changeReplicas, replicas } from '../../scripts/nats/replicas.ts';
import { provisionDatabases } from '../../scripts/provision/databases.ts';
import { makeStreams } from '../../scripts/provision/streams.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { type NatsCluster, startNatsCluster } from '../../test/harness/nats-cluster.ts';
import { until } from '../../test/harness/wait.ts';
import type { Bus } from './bus.ts';
import { STREAMS_BUCKET } from './epochs.ts';
import { createBus } from './nats-bus.ts';
import { keptReplicas } from './replicas.ts';
import { SCHEMAS_BUCKET } from './schema-registry.ts';
import { streamSettings } from './streams.ts';

const TOY = fileURLToPath(new URL('../../test/toy/products/toy.ts', import.meta.url));

let cluster: NatsCluster;
let config: Config;
let bus: Bus;
beforeAll(async () => {
  cluster = await startNatsCluster();
});
afterAll(() => cluster?.dispose());
beforeEach(async () => {
  config = testConfig({ natsUrls: cluster.urls });
  bus = createBus(config);
  await bus.start();
});
afterEach(async () => {
  await bus.stop();
});

/** Makes a stream of one replica on a chosen server. */
async function place(settings: Partial<StreamConfig>, server: string): Promise<void> {
  await bus.manager.streams.add({ ...settings, placement: { cluster: 'test', tags: [server] } });
}

/** The stream settings of a key-value bucket. */
function bucketSettings(name: string): Partial<StreamConfig> {
  const bucket = bucketName(config.namespace, name);
  return {
    name: `KV_${bucket}`,
    subjects: [`$KV.${bucket}.>`],
    max_msgs_per_subject: 1,
    allow_rollup_hdrs: true,
    deny_delete: true,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
  };
}

/** Streams and buckets with their replicas. */
const replicasOf = () => until(listReplicas);

async function listReplicas(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for await (const { config: each } of bus.manager.streams.list()) {
    if (each.name.includes(config.namespace)) {
      found[each.name.replace(`${config.namespace}_`, '')] = each.num_replicas;
    }
  }
  return found;
}

/** The same object with another value under one key. */
function vary<Whole extends object, Key extends keyof Whole>(whole: Whole, key: Key, value: unknown): Whole {
  return new Proxy(whole, {
    get(target, name) {
      const found = name === key ? value : Reflect.get(target, name, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

/**
 * Starts a node with this number of replicas. It uses streams and buckets as services do, and asks
 * again where NATS is slow. Returns its warnings.
 */
async function startNode(streamReplicas: number | null, services: readonly string[]): Promise<string[]> {
  const warnings: string[] = [];
  const log = { ...SILENT, warn: (text: string) => void warnings.push(text) };
  const node = createBus({ ...config, streamReplicas }, log);
  await node.start();
  for (const service of services) await until(() => node.ensureStream(service));
  for (const name of [STREAMS_BUCKET, IDENTITY_BUCKET]) await until(() => node.bucket(name));
  await node.stop();
  return warnings;
}

describe('streams of three replicas', () => {
  const three = { PARROTS: 3, KV_identity: 3, KV_streams: 3 };
  beforeEach(async () => {
    expect(await startNode(3, ['parrots'])).toEqual([]);
    expect(await replicasOf()).toEqual(three);
  });

  it('G23: keep their replicas when a node starts without STREAM_REPLICAS or with fewer, and new streams get as many', async () => {
    expect(await startNode(null, ['parrots', 'couriers'])).toEqual([]);
    expect(await startNode(1, ['parrots', 'couriers'])).toEqual([]);
    expect(await replicasOf()).toEqual({ ...three, COURIERS: 3 });
    expect(await keptReplicas(bus.manager, config.namespace)).toBe(3);
  });

  it('G23: keep their replicas, and the kept number stays, when a node is given more than NATS can place', async () => {
    const warnings = await startNode(5, ['parrots']);
    expect(warnings).toHaveLength(3);
    expect(warnings).toContainEqual(expect.stringMatching(/PARROTS stays different in num_replicas: /));
    expect(await replicasOf()).toEqual(three);
    expect(await keptReplicas(bus.manager, config.namespace)).toBe(3);
  });

  it('G23: get one replica by command; later starts leave it and log a warning', async () => {
    const lines: string[] = [];
    await replicas(config, '1', (line) => lines.push(line));
    const one = { PARROTS: 1, KV_identity: 1, KV_streams: 1 };
    expect(await replicasOf()).toEqual(one);
    expect(lines).toEqual([
      'The cluster keeps: 1',
      ...['KV_%_identity', 'KV_%_streams', '%_PARROTS'].map(
        (name) => `1  ${name.replace('%', config.namespace)}`,
      ),
    ]);
    expect(await startNode(null, ['parrots'])).toEqual([
      expect.stringContaining('npm run nats -- replicas 3'),
    ]);
    expect(await replicasOf()).toEqual(one);
  });

  it('G23: keep their replicas when the command is for a system whose namespace has the same beginning', async () => {
    const other = { ...config, namespace: `${config.namespace}_2` };
    await bus.manager.streams.add(streamSettings(other.namespace, 'parrots', 3));
    await replicas(config, '1', () => {});
    const { config: stream } = await bus.manager.streams.info(streamName(other.namespace, 'parrots'));
    expect(stream.num_replicas).toBe(3);
    await bus.manager.streams.delete(stream.name);
  });

  it('G23: keep their replicas when the command gets an invalid number, or one that NATS refuses', async () => {
    for (const number of ['0', '6', '3x', '']) {
      await expect(replicas(config, number, () => {})).rejects.toThrow('is no number of replicas');
    }
    await expect(replicas(config, '5', () => {})).rejects.toThrow(/^Nothing was changed.* 5 replicas of KV_/);
    expect(await replicasOf()).toEqual(three);
    expect(await keptReplicas(bus.manager, config.namespace)).toBe(3);
  });

  it('G23: are named by the command when some could not be changed; a repeated command changes the rest', async () => {
    const parrots = streamName(config.namespace, 'parrots');
    const { manager } = bus;
    const failing = vary(manager.streams, 'update', async (name: string, settings: StreamConfig) => {
      if (name.endsWith('_identity')) throw new Error('NATS went away');
      return await manager.streams.update(name, settings);
    });
    const attempt = changeReplicas(vary(bus, 'manager', vary(manager, 'streams', failing)), 1);
    await expect(attempt).rejects.toThrow(
      `These have 1 replicas now: KV_${bucketName(config.namespace, STREAMS_BUCKET)}, ${parrots}. ` +
        `These were not changed: KV_${bucketName(config.namespace, IDENTITY_BUCKET)} (NATS went away). The same command`,
    );
    expect(await replicasOf()).toEqual({ PARROTS: 1, KV_identity: 3, KV_streams: 1 });
    // A start in between does not raise them.
    await startNode(null, ['parrots']);
    await replicas(config, '1', () => {});
    expect(await replicasOf()).toEqual({ PARROTS: 1, KV_identity: 1, KV_streams: 1 });
  });
});

describe('streams of one replica on a cluster', () => {
  it('G23: cause a warning, and get more when a node is given more', async () => {
    expect(await startNode(null, ['parrots'])).toEqual([expect.stringContaining('NATS is a cluster')]);
    await startNode(3, ['parrots']);
    await until(async () => Object.values(await replicasOf()).every((number) => number === 3));
    expect(await keptReplicas(bus.manager, config.namespace)).toBe(3);
  });
});

describe('streams, one of which cannot have more replicas', () => {
  it('G23: all keep their replicas, and that one is named', async () => {
    await place(streamSettings(config.namespace, 'parrots', 1), 'n0');
    await startNode(null, ['couriers']);
    const before = await replicasOf();
    await expect(replicas(config, '3', () => {})).rejects.toThrow(
      new RegExp(`^Nothing was changed.* of ${streamName(config.namespace, 'parrots')}: `),
    );
    expect(await replicasOf()).toEqual(before);
    expect(await keptReplicas(bus.manager, config.namespace)).toBeNull();
  });
});

describe('a backup of a single server', () => {
  const place = mkdtempSync(`${tmpdir()}/cluster-test-`);
  const print = () => {};
  afterAll(async () => {
    await dropNamespace({ ...config, natsUrls: testConfig().natsUrls });
    rmSync(place, { recursive: true });
  });

  it('G23: is restored into a cluster with the replicas that STREAM_REPLICAS gives', async () => {
    const toys = (await loadProducts(TOY)).get(TOY);
    if (toys === undefined) throw new Error('There is no toy product');
    const services = new Map([...toys.services].filter(([name]) => name === 'parrots'));
    const single = testConfig({ product: { ...toys, services }, dataDir: `${place}/data` });
    await provisionDatabases({ config: single, print });
    await makeStreams({ config: single, print });
    await makeBackup({ config: single, folder: `${place}/backup`, print });
    config = { ...single, natsUrls: cluster.urls, streamReplicas: 3 };
    await restoreBackup({ config, folder: `${place}/backup`, replace: true, print });
    expect(await replicasOf()).toEqual({ PARROTS: 3, KV_identity: 3, KV_schemas: 3, KV_streams: 3 });
  });
});

describe('a server that dies and has some of the streams', () => {
  it('G23: makes the command name the streams that do not answer, and change nothing', async () => {
    const connected = cluster.urls.findIndex((url) => new URL(url).host === bus.connection.getServer());
    const [dying, living] = [`n${(connected + 2) % 3}`, `n${connected}`];
    const parrots = streamName(config.namespace, 'parrots');
    await place(streamSettings(config.namespace, 'parrots', 1), dying);
    for (const bucket of [STREAMS_BUCKET, IDENTITY_BUCKET]) await place(bucketSettings(bucket), living);
    await cluster.servers[dying]?.kill();
    try {
      await expect(replicas(config, '1', () => {})).rejects.toThrow(
        new RegExp(`^Nothing was changed.* These do not: ${parrots} \\(`),
      );
      expect(await keptReplicas(bus.manager, config.namespace)).toBeNull();
      const lines: string[] = [];
      await replicas(config, undefined, (line) => lines.push(line));
      expect(lines.at(-1)).toMatch(new RegExp(`^\\?  ${parrots} does not answer: `));
    } finally {
      await cluster.servers[dying]?.restart();
    }
    await until(() => bus.manager.streams.info(parrots).catch(() => false), {
      within: 30_000,
      what: 'the stream to answer',
    });
  }, 120_000);

  it('G24: delays no event of streams on other servers, also across a reconnect', async () => {
    const connected = cluster.urls.findIndex((url) => new URL(url).host === bus.connection.getServer());
    const [dying, living] = [`n${connected}`, `n${(connected + 1) % 3}`];
    await place(streamSettings(config.namespace, 'parrots', 1), dying);
    await place(streamSettings(config.namespace, 'couriers', 1), living);
    for (const bucket of [STREAMS_BUCKET, SCHEMAS_BUCKET]) await place(bucketSettings(bucket), living);
    const shared = testConfig().natsUrls;
    const database = await openDatabase(config, 'parrots');
    const relay = new RelayLoop({ bus, database, log: SILENT });
    relay.start();
    const messages = async (service: string) =>
      (await bus.manager.streams.info(streamName(config.namespace, service))).state.messages;
    try {
      await append(database, cleaned(randomUUID(), 1), mail());
      await until(async () => (await unpublished(database)) === 0, { what: 'both streams to take events' });
      // It may reconnect to another server between two reads.
      const lost = bus.connection.getServer();
      await cluster.servers[dying]?.kill();
      await until(() => bus.connected && bus.connection.getServer() !== lost, {
        within: 30_000,
        what: 'the bus to reach another server',
      });
      await append(database, cleaned(randomUUID(), 1), mail(), mail());
      await until(async () => (await unpublished(database)) === 1, {
        within: 30_000,
        what: 'the living stream to take events',
      });
      expect(await messages('couriers')).toBe(3);
      await cluster.servers[dying]?.restart();
      await until(async () => (await unpublished(database)) === 0, {
        within: 30_000,
        what: 'the other stream to take its event',
      });
      expect(await messages('parrots')).toBe(2);
    } finally {
      await relay.stop();
      await database.close();
      await dropNamespace({ ...config, natsUrls: shared });
    }
  }, 120_000);
});
