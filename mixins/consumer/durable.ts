/** The durable of a consumer at the broker. It is made once, and again where it was deleted. */
import { AckPolicy, type ConsumerConfig, DeliverPolicy, nanos, ReplayPolicy } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { CONSUMER_NOT_FOUND, jetStreamCode } from '#mixins/bus/error-codes.ts';
import { subjectOf } from '#mixins/names.ts';
import type { ConsumerDefinition, ConsumerSettings } from './definition.ts';

export interface DurableName {
  readonly stream: string;
  readonly durable: string;
}

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

/**
 * Makes the durable, from the stream's sequence `from` on; 1: from the first event that is kept.
 */
export async function createDurable(
  bus: Bus,
  name: DurableName,
  settings: ConsumerSettings,
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

function changeable(settings: ConsumerSettings, filter: string | undefined) {
  return {
    ack_wait: nanos(settings.ackWaitMs),
    max_ack_pending: settings.maxAckPending,
    // Not '' for none: the client would make it a part of a subject.
    filter_subject: filter as string,
  } satisfies Partial<ConsumerConfig>;
}
