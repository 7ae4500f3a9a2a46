/** Copies the streams of all services, and the buckets that can't be made again from a database. */
import type { ConsumerInfo } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { STREAMS_BUCKET } from '#mixins/bus/epochs.ts';
import { SCHEMAS_BUCKET } from '#mixins/bus/schema-registry.ts';
import { bucketName, streamName } from '#mixins/names.ts';
import type { Config } from '../../config.ts';
import { loadServiceFacts } from '../nats/service-facts.ts';
import type { StoredDurable, StoredStream } from './manifest.ts';
import type { Progress } from './progress.ts';
import { snapshotOf } from './snapshot.ts';
import { storeFile } from './store.ts';

/**
 * Behind the streams: a schema is registered before the first event that needs it, and skipped
 * events are in the stream before they are noted. The identity bucket is left out, because its
 * service fills a missing one from its database.
 */
const BUCKETS = [SCHEMAS_BUCKET, STREAMS_BUCKET];

export async function namesOfStreams(config: Config): Promise<string[]> {
  const publishing = (await loadServiceFacts(config.product)).filter(({ publishes }) => publishes);
  return [
    ...publishing.map(({ name }) => streamName(config.namespace, name)),
    ...BUCKETS.map((bucket) => `KV_${bucketName(config.namespace, bucket)}`),
  ];
}

/**
 * To be called before the databases are copied (ADR 40). Throws NatsError, and errors of the disk.
 */
export async function copyStreams(
  config: Config,
  bus: Bus,
  folder: string,
  progress: Progress,
): Promise<StoredStream[]> {
  const streams: StoredStream[] = [];
  for (const name of await namesOfStreams(config)) {
    const { config: settings, state, data } = await snapshotOf(bus, name);
    const file = await storeFile(folder, `streams/${name}`, progress.count(name, data));
    const durables = await durablesOf(bus, name);
    streams.push({ name, config: settings, state, durables, file });
    progress.say(`${name}: ${state.messages} messages`);
  }
  return streams;
}

/** An event counts as acknowledged only after its effect was committed. */
async function durablesOf({ manager }: Bus, stream: string): Promise<StoredDurable[]> {
  const infos: ConsumerInfo[] = [];
  for await (const info of manager.consumers.list(stream)) infos.push(info);
  return infos.flatMap(({ config, ack_floor }) => {
    if (config.durable_name === undefined) return [];
    return [
      {
        name: config.durable_name,
        acknowledged: ack_floor.stream_seq,
        filter: config.filter_subject ?? null,
        ackWaitMs: Math.round((config.ack_wait ?? 0) / 1e6),
        maxAckPending: config.max_ack_pending ?? 0,
      },
    ];
  });
}
