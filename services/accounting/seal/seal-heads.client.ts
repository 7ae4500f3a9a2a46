/**
 * Reads the published heads of closed days. An attacker who changes the database cannot change
 * them. It uses its own NATS connection, without a node.
 */
import { AckPolicy, type Consumer, connect, DeliverPolicy, type JsMsg, type NatsConnection } from 'nats';
import { connectionOptions } from '#mixins/bus/connection-options.ts';
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { bucketName, streamName, subjectOf } from '#mixins/names.ts';
import { decodeEvent, readFingerprint } from '#schemas/avro.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';
import type { Config } from '../../../config.ts';
import type { RecordedHead } from './seal-verify.ts';

/** Time limit for connecting to NATS, in milliseconds. */
const CONNECT_MS = 3_000;
const MESSAGES_A_FETCH = 500;
/** Time limit of a fetch, in milliseconds. */
const FETCH_MS = 5_000;
/** The server deletes the consumer when nothing was fetched for this time, in nanoseconds. */
const FORGOTTEN_NS = 60_000_000_000;

/**
 * All published heads, in order. Throws the NATS error if NATS is away or the stream does not
 * exist.
 */
export async function readPublishedHeads(config: Config): Promise<RecordedHead[]> {
  const connection = await connect({
    ...connectionOptions(config),
    // A person waits for the result, so this connects only once.
    maxReconnectAttempts: 0,
    ignoreAuthErrorAbort: false,
    timeout: CONNECT_MS,
  });
  try {
    return await readAll(connection, config.namespace);
  } finally {
    await connection.close();
  }
}

async function readAll(connection: NatsConnection, namespace: string): Promise<RecordedHead[]> {
  const jetstream = connection.jetstream();
  const registry = new SchemaRegistry(() =>
    jetstream.views.kv(bucketName(namespace, SCHEMAS_BUCKET), { bindOnly: true }),
  );
  const stream = streamName(namespace, 'accounting');
  const manager = await connection.jetstreamManager();
  const { name, num_pending } = await manager.consumers.add(stream, {
    filter_subject: subjectOf(namespace, dayClosed.type),
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.All,
    inactive_threshold: FORGOTTEN_NS,
    mem_storage: true,
  });
  const heads: RecordedHead[] = [];
  const consumer = await jetstream.consumers.get(stream, name);
  while (heads.length < num_pending) {
    const before = heads.length;
    const wanted = Math.min(num_pending - before, MESSAGES_A_FETCH);
    for await (const message of await next(consumer, wanted)) heads.push(await headOf(message, registry));
    if (heads.length === before)
      throw new Error(`The stream ${stream} stopped after ${before} heads of ${num_pending}`);
  }
  await manager.consumers.delete(stream, name);
  return heads;
}

const next = (consumer: Consumer, wanted: number) =>
  consumer.fetch({ max_messages: wanted, expires: FETCH_MS });

async function headOf(message: JsMsg, registry: SchemaRegistry): Promise<RecordedHead> {
  const schema = await registry.writerSchema(readFingerprint(message.data));
  const { businessDay, head, entries } = decodeEvent(dayClosed, schema, message.data);
  return { day: businessDay, head, entries };
}
