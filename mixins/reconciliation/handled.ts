/** Whether a service's consumers have handled a stream up to a position. */
import type { Bus } from '#mixins/bus/bus.ts';
import { CONSUMER_NOT_FOUND, jetStreamCode, STREAM_NOT_FOUND } from '#mixins/bus/error-codes.ts';
import type { ConsumerDefinition } from '#mixins/consumer/definition.ts';
import type { Database } from '#mixins/database/database.ts';
import { durableName, streamName } from '#mixins/names.ts';
import { readFollowedEpoch } from './delivery-progress.store.ts';
import { reading } from './facts.store.ts';

export interface StreamPosition {
  /** The name of the service that owns the stream. */
  readonly stream: string;
  readonly epoch: number;
  readonly sequence: number;
}

/**
 * Events are acknowledged after their effects are committed or they are dead-lettered. So
 * everything up to the acknowledgement floor has taken effect, or waits for an operator. Sequences
 * of an epoch that the durable has not followed are not comparable. Throws while NATS is away.
 */
export async function haveHandled(
  bus: Bus,
  database: Database,
  consumers: Readonly<Record<string, ConsumerDefinition>>,
  { stream, epoch, sequence }: StreamPosition,
): Promise<boolean> {
  if (sequence === 0) return true;
  for (const [key, definition] of Object.entries(consumers)) {
    if (definition.stream !== stream) continue;
    const durable = durableName(database.service, key);
    const followed = await reading(database, (tx) => readFollowedEpoch(tx, durable));
    if (followed === undefined || followed < epoch) return false;
    if (!(await isBehind(bus, stream, durable, sequence))) return false;
  }
  return true;
}

async function isBehind(bus: Bus, stream: string, durable: string, sequence: number): Promise<boolean> {
  try {
    const info = await bus.manager.consumers.info(streamName(bus.namespace, stream), durable);
    if (info.ack_floor.stream_seq >= sequence) return true;
    // The floor of a durable that gets only one type of events stays at the last one of those.
    const isFiltered = (info.config.filter_subject ?? '') !== '';
    return isFiltered && info.num_pending === 0 && info.num_ack_pending === 0;
  } catch (error) {
    // The durable is being re-created, or does not exist yet.
    if (jetStreamCode(error) === CONSUMER_NOT_FOUND || jetStreamCode(error) === STREAM_NOT_FOUND)
      return false;
    throw error;
  }
}
