/**
 * A stream that lost its tail and was filled again has a higher epoch, and events at positions that the durable believes to have passed
 * (design §4). Then the durable is made anew where the loss began; repetitions do no harm.
 */
import { firstLostSince, readEpoch, skippedIn } from '../bus/epochs.ts';
import type { Tx } from '../database/database.ts';
import type { ConsumerContext } from './context.ts';
import { bindDurable, createDurable, type DurableName, deleteDurable, filterOf } from './durable.ts';

/** Makes sure that the durable is there and has followed the stream's epoch, which it returns. From then on the context skips what is to be skipped of the stream. Two nodes at once do it once. */
export async function prepareDurable(context: ConsumerContext, name: DurableName): Promise<number> {
  const { database, platform, settings, definition } = context;
  const filter = filterOf(definition, platform.config.namespace);
  const current = await readEpoch(platform.bus, definition.stream);
  context.skipped = skippedIn(current);
  const known = await database.inTransaction((tx) => recordedEpoch(tx, context.name));
  if (known === current.epoch && (await bindDurable(platform.bus, name, settings, filter)))
    return current.epoch;
  await database.inTransaction(async (tx) => {
    // The broker is called under the lock, in a transaction that is all about it: a few round trips at a start or after a loss.
    await tx.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`epoch:${context.name}`]);
    const exists = await bindDurable(platform.bus, name, settings, filter);
    const from = firstLostSince(current, (await recordedEpoch(tx, context.name)) ?? 0);
    if (!exists) await createDurable(platform.bus, name, settings, null, filter);
    else if (from !== null) {
      context.logger.warn(
        `${context.name}: the stream is in epoch ${current.epoch} now; reading again from ${from}`,
      );
      await deleteDurable(platform.bus, name);
      await createDurable(platform.bus, name, settings, from, filter);
    }
    await recordEpoch(tx, context.name, current.epoch);
  });
  return current.epoch;
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
