/** A bus on a cluster of three nats-servers, of which one dies. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DiscardPolicy, StorageType, type StreamConfig } from 'nats';
import type { Config } from '../../config.ts';
import { SCHEMAS_BUCKET } from '../../schemas/registry.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { type NatsCluster, startNatsCluster } from '../../test/harness/nats-cluster.ts';
import { until } from '../../test/harness/wait.ts';
import { bucketName, streamName } from '../names.ts';
import { append, cleaned, mail, openDatabase, SILENT, unpublished } from '../outbox/outbox.fixture.ts';
import { RelayLoop } from '../outbox/relay-loop.ts';
import type { Bus } from './bus.ts';
import { STREAMS_BUCKET } from './epochs.ts';
import { createBus } from './nats-bus.ts';
import { streamSettings } from './streams.ts';

let cluster: NatsCluster;
let config: Config;
let bus: Bus;
beforeEach(async () => {
  cluster = await startNatsCluster();
  config = testConfig({ natsUrls: cluster.urls });
  bus = createBus(config);
  await bus.start();
});
afterEach(async () => {
  await bus.stop();
  await cluster.dispose();
});

/** Makes a stream of one replica on a server of our choice. */
async function place(settings: Partial<StreamConfig>, server: string): Promise<void> {
  await bus.manager.streams.add({ ...settings, placement: { cluster: 'test', tags: [server] } });
}

/** What a key-value bucket is. */
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

describe('a server that dies with some of the streams', () => {
  it('G24: holds up no event of the streams on other servers, also over a reconnect', async () => {
    const connected = cluster.urls.findIndex((url) => new URL(url).host === bus.connection.getServer());
    const [dying, living] = [`n${connected}`, `n${(connected + 1) % 3}`];
    await place(streamSettings(config.namespace, 'tasks', 1), dying);
    await place(streamSettings(config.namespace, 'mailer', 1), living);
    for (const bucket of [STREAMS_BUCKET, SCHEMAS_BUCKET]) await place(bucketSettings(bucket), living);
    const shared = testConfig().natsUrls;
    const database = await openDatabase(config, 'tasks');
    const relay = new RelayLoop({ bus, database, log: SILENT });
    relay.start();
    const messages = async (service: string) =>
      (await bus.manager.streams.info(streamName(config.namespace, service))).state.messages;
    try {
      await append(database, cleaned(randomUUID(), 1), mail());
      await until(async () => (await unpublished(database)) === 0, { what: 'both streams to take events' });
      await cluster.servers[dying]?.kill();
      await until(() => !bus.connected, { what: 'the bus to lose its server' });
      await append(database, cleaned(randomUUID(), 1), mail(), mail());
      await until(async () => (await unpublished(database)) === 1, {
        within: 30_000,
        what: 'the living stream to take events',
      });
      expect(await messages('mailer')).toBe(3);
      await cluster.servers[dying]?.restart();
      await until(async () => (await unpublished(database)) === 0, {
        within: 30_000,
        what: 'the other stream to take its event',
      });
      expect(await messages('tasks')).toBe(2);
    } finally {
      await relay.stop();
      await database.close();
      await dropNamespace({ ...config, natsUrls: shared });
    }
  }, 120_000);
});
