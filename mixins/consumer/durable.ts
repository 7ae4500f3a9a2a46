/**
 * The durable of a consumer at the broker. It is made once, and again where it was deleted. It
 * follows the epoch of its stream (bus/epochs.ts): a stream that lost its tail has a higher epoch,
 * and new events at sequences that the durable has passed. Then the durable is made anew where the
 * loss began. Repeated deliveries do no harm.
 */
import { AckPolicy, type ConsumerConfig, DeliverPolicy, nanos, ReplayPolicy } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { firstLostSince, readEpoch, type StreamEpoch, skippedIn, watchEpochs } from '#mixins/bus/epochs.ts';
import { CONSUMER_NOT_FOUND, jetStreamCode } from '#mixins/bus/error-codes.ts';
import type { Tx } from '#mixins/database/database.ts';
import { subjectOf } from '#mixins/names.ts';
import { messageOf } from '#schemas/text.ts';
import type { ConsumerContext } from './context.ts';
import type { ConsumerDefinition, ConsumerSettings } from './definition.ts';

export interface DurableName {
  readonly stream: string;
  readonly durable: string;
}

/**
 * Makes sure that the durable exists and has followed the stream's epoch, which it returns. Tells
 * the context which sequences of the stream to skip. Safe on several nodes at once.
 */
export async function prepareDurable(context: ConsumerContext, name: DurableName): Promise<number> {
  const { database, platform, settings, definition } = context;
  const { bus } = platform;
  const filter = filterOf(definition, platform.config.namespace);
  const current = await readStream(context);
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
      // A durable that was behind the loss has events before it to read as well.
      const start = Math.min(from, (await acknowledgedUpTo(bus, name)) + 1);
      context.logger.warn(
        `${context.name}: the stream is in epoch ${current.epoch} now; reading again from ${start}`,
      );
      await deleteDurable(bus, name);
      await createDurable(bus, name, settings, start, filter);
    }
    await recordEpoch(tx, context.name, current.epoch);
  });
  return current.epoch;
}

/**
 * Reads the stream's epoch, and tells the context which sequences to skip. The watch may be faster
 * and know a newer note, which then stays.
 */
async function readStream(context: ConsumerContext): Promise<StreamEpoch> {
  const before = context.watched;
  const stream = await readEpoch(context.platform.bus, context.definition.stream);
  if (context.watched === before) context.skipped = skippedIn(stream);
  return stream;
}

/**
 * Calls `onEpoch` with the stream's epoch at every change and after every reconnect, and tells the
 * context which sequences to skip. Returns what ends it.
 */
export function watchEpoch(context: ConsumerContext, onEpoch: (epoch: number) => void): () => void {
  const { name, definition, logger } = context;
  const { bus } = context.platform;
  const onError = (error: unknown) =>
    context.warnThrottled(`${name}: the epoch of its stream could not be read: ${messageOf(error)}`);
  const onChange = (service: string, epoch: StreamEpoch) => {
    if (service !== definition.stream) return;
    context.watched++;
    context.skipped = skippedIn(epoch);
    onEpoch(epoch.epoch);
  };
  const watch = watchEpochs(bus, onChange, logger);
  watch.catch(onError);
  const endReconnect = bus.onReconnect(() => {
    readStream(context).then(({ epoch }) => onEpoch(epoch), onError);
  });
  return () => {
    endReconnect();
    watch.then((end) => end()).catch(onError);
  };
}

/** The settings of a consumer that its durable has. */
type DurableSettings = Pick<ConsumerSettings, 'ackWaitMs' | 'maxAckPending'>;

type Reading = Pick<ConsumerDefinition, 'reads'>;

/**
 * The one event type that a consumer reads of its stream; undefined: several. It saves the delivery
 * of all other events of the stream. Durables of nats-server 2.9 have one filter at most.
 */
export function onlyTypeOf({ reads }: Reading): string | undefined {
  return reads === 'all' || reads.length !== 1 ? undefined : reads[0]?.type;
}

/** `onlyTypeOf` as a subject. */
export function filterOf(definition: Reading, namespace: string): string | undefined {
  const only = onlyTypeOf(definition);
  return only && subjectOf(namespace, only);
}

/** Whether the durable exists. Updates its changeable settings. */
export async function bindDurable(
  bus: Bus,
  name: DurableName,
  settings: ConsumerSettings,
  filter?: string,
): Promise<boolean> {
  try {
    const { config } = await bus.manager.consumers.info(name.stream, name.durable);
    const wanted = changeable(settings, filter);
    if (
      config.ack_wait === wanted.ack_wait &&
      config.max_ack_pending === wanted.max_ack_pending &&
      config.filter_subject === wanted.filter_subject
    ) {
      return true;
    }
    await bus.manager.consumers.update(name.stream, name.durable, { ...config, ...wanted });
    return true;
  } catch (error) {
    if (jetStreamCode(error) === CONSUMER_NOT_FOUND) return false;
    throw error;
  }
}

/** The sequence up to which every event for this durable is acknowledged. */
async function acknowledgedUpTo(bus: Bus, name: DurableName): Promise<number> {
  return (await bus.manager.consumers.info(name.stream, name.durable)).ack_floor.stream_seq;
}

/**
 * Makes the durable, from the stream's sequence `from` on; 1: from the first event that is kept.
 */
export async function createDurable(
  bus: Bus,
  name: DurableName,
  settings: DurableSettings,
  from: number,
  filter?: string,
): Promise<void> {
  const start =
    from <= 1
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from };
  await bus.manager.consumers.add(name.stream, {
    durable_name: name.durable,
    ack_policy: AckPolicy.Explicit,
    replay_policy: ReplayPolicy.Instant,
    // Unlimited: the broker would drop the event without a trace. Consumers dead-letter it instead.
    max_deliver: -1,
    ...start,
    ...changeable(settings, filter),
  });
}

/** Deletes the durable and its position in the stream. A missing one is no error. */
export async function deleteDurable(bus: Bus, name: DurableName): Promise<void> {
  try {
    await bus.manager.consumers.delete(name.stream, name.durable);
  } catch (error) {
    if (jetStreamCode(error) !== CONSUMER_NOT_FOUND) throw error;
  }
}

function changeable(settings: DurableSettings, filter: string | undefined) {
  return {
    ack_wait: nanos(settings.ackWaitMs),
    max_ack_pending: settings.maxAckPending,
    // Not '' for none: the client would make it a part of a subject.
    filter_subject: filter as string,
  } satisfies Partial<ConsumerConfig>;
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
