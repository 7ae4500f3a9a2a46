/**
 * The number of replicas of streams and buckets. The cluster keeps the number, so that a node
 * without `STREAM_REPLICAS` does not lower it. A start only raises it. An operator lowers it by
 * `npm run nats -- replicas`.
 */
import { type JetStreamManager, NatsError } from 'nats';
import { bucketName } from '#mixins/names.ts';
import { CLUSTER_KEY, STREAMS_BUCKET } from './epochs.ts';

/** The key in the bucket of streams. */
export const REPLICAS_KEY = `${CLUSTER_KEY}replicas`;

/** NATS keeps at most five. */
export const MAX_REPLICAS = 5;

/**
 * The number that the cluster keeps. Null where it keeps none or does not answer: then nothing is
 * raised. Reads the message directly, because making the bucket may need this number.
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
