/**
 * A consumer follows the epoch of its stream (bus/epochs.ts). A stream that lost its tail has a
 * higher epoch, and new events at sequences that the durable has passed. Then the durable is made
 * anew where the loss began. Repeated deliveries do no harm.
 */

import { firstLostSince, readEpoch, type StreamEpoch, skippedIn, watchEpochs } from '#mixins/bus/epochs.ts';
import type { Tx } from '#mixins/database/database.ts';
import { messageOf } from '#schemas/text.ts';
import type { ConsumerContext } from './context.ts';
import { bindDurable, createDurable, type DurableName, deleteDurable, filterOf } from './durable.ts';

/**
 * Makes sure that the durable exists and has followed the stream's epoch, which it returns. Tells
 * the context which sequences of the stream to skip. Safe on several nodes at once.
 */
export async function prepareDurable(context: ConsumerContext, name: DurableName): Promise<number> {
  const { database, platform, settings, definition } = context;
  const { bus } = platform;
  const filter = filterOf(definition, platform.config.namespace);
  const current = await readEpoch(bus, definition.stream);
  context.skipped = skippedIn(current);
  const known = await database.inTransaction((tx) => recordedEpoch(tx, context.name));
  if (known === current.epoch && (await bindDurable(bus, name, settings, filter))) return current.epoch;
  await database.inTransaction(async (tx) => {
    // The transaction calls the broker, to hold the lock: a few round trips at a start or after a
    // loss.
    await tx.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`epoch:${context.name}`]);
    const exists = await bindDurable(bus, name, settings, filter);
    const from = firstLostSince(current, (await recordedEpoch(tx, context.name)) ?? 0);
    if (!exists) await createDurable(bus, name, settings, 1, filter);
    else if (from !== null) {
      context.logger.warn(
        `${context.name}: the stream is in epoch ${current.epoch} now; reading again from ${from}`,
      );
      await deleteDurable(bus, name);
      await createDurable(bus, name, settings, from, filter);
    }
    await recordEpoch(tx, context.name, current.epoch);
  });
  return current.epoch;
}

/**
 * Calls `onEpoch` with the stream's epoch at every change and after every reconnect, and tells the
 * context which sequences to skip. Returns what ends it.
 */
export function watchEpoch(
  context: ConsumerContext,
  onEpoch: (epoch: number) => void,
  warn: (text: string) => void,
): () => void {
  const { name, definition, logger } = context;
  const { bus } = context.platform;
  const onRead = (stream: StreamEpoch) => {
    context.skipped = skippedIn(stream);
    onEpoch(stream.epoch);
  };
  const onError = (error: unknown) =>
    warn(`${name}: the epoch of its stream could not be read: ${messageOf(error)}`);
  const onChange = (service: string, epoch: StreamEpoch) => {
    if (service === definition.stream) onRead(epoch);
  };
  const watch = watchEpochs(bus, onChange, logger);
  watch.catch(onError);
  const endReconnect = bus.onReconnect(() => {
    readEpoch(bus, definition.stream).then(onRead, onError);
  });
  return () => {
    endReconnect();
    watch.then((end) => end()).catch(onError);
  };
}

async function recordedEpoch(tx: Tx, consumer: string): Promise<number | undefined> {
  const [row] = await tx.rows<{ epoch: number }>('SELECT epoch FROM consumer_epoch WHERE consumer = $1', [
    consumer,
  ]);
  return row && Number(row.epoch);
}

async function recordEpoch(tx: Tx, consumer: string, epoch: number): Promise<void> {
  await tx.run(
    `INSERT INTO consumer_epoch (consumer, epoch) VALUES ($1, $2)
     ON CONFLICT (consumer) DO UPDATE SET epoch = excluded.epoch, recorded_at = clock_timestamp()`,
    [consumer, epoch],
  );
}
