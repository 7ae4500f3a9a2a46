/**
 * How many replicas streams and buckets have. The cluster keeps the number, so that a node without
 * `STREAM_REPLICAS` takes nothing away. A start only raises it; `npm run nats -- replicas` lowers
 * it on purpose.
 */
import { type JetStreamManager, NatsError, type StreamInfo } from 'nats';
import { bucketName } from '#mixins/names.ts';
import { CLUSTER_KEY, STREAMS_BUCKET } from './epochs.ts';

/** The key in the bucket of streams. */
export const REPLICAS_KEY = `${CLUSTER_KEY}replicas`;

/** NATS keeps at most five. */
export const MAX_REPLICAS = 5;

/**
 * The number that the cluster keeps; null where it keeps none, or does not say: then nothing is
 * raised. Reads the message itself, because the bucket may have to be made with this very number.
 */
export async function keptReplicas(manager: JetStreamManager, namespace: string): Promise<number | null> {
  const bucket = bucketName(namespace, STREAMS_BUCKET);
  try {
    const { data } = await manager.streams.getMessage(`KV_${bucket}`, {
      last_by_subj: `$KV.${bucket}.${REPLICAS_KEY}`,
    });
    return parseReplicas(Buffer.from(data).toString());
  } catch (error) {
    if (error instanceof NatsError) return null;
    throw error;
  }
}

/** A whole number from 1 to 5; null for anything else. */
export function parseReplicas(text: string): number | null {
  return /^[1-5]$/.test(text) ? Number(text) : null;
}

/** Brings a stream that is there to so many replicas; throws what NATS answers. */
export async function setReplicas(
  manager: JetStreamManager,
  { config }: StreamInfo,
  replicas: number,
): Promise<void> {
  if (config.num_replicas !== replicas)
    await manager.streams.update(config.name, { ...config, num_replicas: replicas });
}
