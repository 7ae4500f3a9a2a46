/** The old events of streams: what is known of them, their archive, and their removal. */
import { setTimeout as delay } from 'node:timers/promises';
import { AckPolicy, type ConsumerInfo, DeliverPolicy, nanos } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { firstLostSince, readEpoch } from '#mixins/bus/epochs.ts';
import { streamName } from '#mixins/names.ts';
import type { ServiceFacts } from '../nats/service-facts.ts';
import type { StreamFacts } from './stream-plan.ts';

/**
 * The limit of age moves with the clock while it stands, so later events are exposed to it. It
 * stands for a second. A server whose clock is ahead removes more.
 */
export const MARGIN_MS = 3_600_000;
/** NATS removes the events at once (measured), but it need not. Milliseconds. */
const REMOVED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

const MESSAGES_A_FETCH = 500;
/** Time limit of a fetch, in milliseconds. */
const FETCH_MS = 10_000;
/** NATS deletes the reader when nothing was fetched for this time, in milliseconds. */
const FORGOTTEN_MS = 300_000;

export interface Limit {
  /** Events that are older than this may go, in milliseconds. */
  readonly keepMs: number;
  /** `MARGIN_MS`; tests set a shorter one. */
  readonly marginMs: number;
}

/** What the databases know of a stream. */
export interface KnownOfStream {
  /** By durable, the epoch that its consumer has followed. None: it has not read yet. */
  readonly epochs: ReadonlyMap<string, number>;
  /** By service, the position of its snapshot in this stream, and the epoch of that position. */
  readonly snapshots: ReadonlyMap<string, { readonly position: number; readonly epoch: number }>;
}

/** Throws NatsError. */
export async function factsOf(
  bus: Bus,
  service: string,
  services: readonly ServiceFacts[],
  known: KnownOfStream,
  { keepMs, marginMs }: Limit,
): Promise<StreamFacts> {
  const stream = streamName(bus.namespace, service);
  const epoch = await readEpoch(bus, service);
  const { state } = await bus.manager.streams.info(stream);
  const now = Date.now();
  const first = Math.max(1, state.first_seq);
  const reach = { first, last: state.last_seq };
  /** A stream that lost its tail has other events there since. */
  const upTo = (position: number, followed: number) =>
    Math.min(position, (firstLostSince(epoch, followed) ?? Number.POSITIVE_INFINITY) - 1);
  return {
    stream,
    ...reach,
    due: (await firstSince(bus, stream, reach, now - keepMs)) - 1,
    exposed: (await firstSince(bus, stream, reach, now - keepMs + marginMs)) - 1,
    ahead: Object.keys(epoch.ahead ?? {}),
    durables: (await durablesOf(bus, stream, reach.last)).map(({ name, handled }) => ({
      name,
      handled: upTo(handled, known.epochs.get(name) ?? epoch.epoch),
    })),
    declared: services.flatMap(({ consumers }) =>
      consumers.filter((consumer) => consumer.stream === service).map(({ durable }) => durable),
    ),
    rebuilds: services
      .filter(({ rights }) => rights.replays.includes(service))
      .map(({ name }) => {
        const snapshot = known.snapshots.get(name);
        return { service: name, snapshot: snapshot ? upTo(snapshot.position, snapshot.epoch) : null };
      }),
  };
}

/** The first sequence that was stored at or after a time; `last` + 1 if none was. */
async function firstSince(
  { manager }: Bus,
  stream: string,
  { first, last }: { readonly first: number; readonly last: number },
  time: number,
): Promise<number> {
  let [low, high] = [first, Math.max(first, last + 1)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await manager.streams.getMessage(stream, { seq: middle })).time.getTime() >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Readers without a name, such as those of this command, have no state that matters. */
async function durablesOf({ manager }: Bus, stream: string, last: number) {
  const infos: ConsumerInfo[] = [];
  for await (const info of manager.consumers.list(stream)) infos.push(info);
  return infos.flatMap(({ config, delivered, ack_floor, num_pending, num_ack_pending }) => {
    if (config.durable_name === undefined) return [];
    // The floor of a durable that reads one type stands at the last event of that type.
    const settled = num_pending === 0 ? last : delivered.stream_seq;
    return [{ name: config.durable_name, handled: num_ack_pending === 0 ? settled : ack_floor.stream_seq }];
  });
}

/** An event in the archive. */
interface ArchivedEvent {
  readonly sequence: number;
  /** ISO 8601: when it was stored. */
  readonly time: string;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In base64. */
  readonly data: string;
}

/** All events of a range, in order. Throws where one is missing, and NatsError. */
export async function* eventsBetween(
  { manager, jetstream }: Bus,
  stream: string,
  first: number,
  last: number,
): AsyncGenerator<ArchivedEvent> {
  const { name } = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: first,
    inactive_threshold: nanos(FORGOTTEN_MS),
    mem_storage: true,
  });
  try {
    const consumer = await jetstream.consumers.get(stream, name);
    let next = first;
    while (next <= last) {
      const before = next;
      const wanted = Math.min(MESSAGES_A_FETCH, last - next + 1);
      for await (const { seq, subject, headers, data, info } of await consumer.fetch({
        max_messages: wanted,
        expires: FETCH_MS,
      })) {
        if (seq !== next) throw new Error(`Event ${next} of ${stream} is missing: ${seq} came instead`);
        next += 1;
        yield {
          sequence: seq,
          time: new Date(info.timestampNanos / 1e6).toISOString(),
          subject,
          headers: Object.fromEntries([...(headers ?? [])].map(([key, values]) => [key, values[0] ?? ''])),
          data: Buffer.from(data).toString('base64'),
        };
      }
      if (next === before) throw new Error(`NATS sent no event of ${stream} from ${next} on`);
    }
  } finally {
    await manager.consumers.delete(stream, name);
  }
}

/** Describes a stream while our limit stands, with the limit of age that it had, in nanoseconds. */
const MARK = /^removing history; max_age was (\d+)$/;

/** Lifts the limit of a run that was killed. */
export async function liftLimit({ manager }: Bus, stream: string): Promise<void> {
  const { config } = await manager.streams.info(stream);
  const before = MARK.exec(config.description ?? '')?.[1];
  if (before === undefined) return;
  await manager.streams.update(stream, { ...config, description: '', max_age: Number(before) });
}

/**
 * Removes the events that are older than the limit. Returns the first sequence that is left. Throws
 * where NATS does not remove them in time. The limit of age is afterwards as it was.
 */
export async function cutStream(
  bus: Bus,
  { stream, due }: Pick<StreamFacts, 'stream' | 'due'>,
  { keepMs }: Pick<Limit, 'keepMs'>,
): Promise<number> {
  const { manager } = bus;
  const { config } = await manager.streams.info(stream);
  const description = `removing history; max_age was ${config.max_age}`;
  await manager.streams.update(stream, { ...config, description, max_age: nanos(keepMs) });
  try {
    const until = performance.now() + REMOVED_WITHIN_MS;
    for (;;) {
      const { state } = await manager.streams.info(stream);
      if (state.first_seq > due) return state.first_seq;
      if (performance.now() > until) {
        throw new Error(
          `NATS has not removed the old events of ${stream} within ${REMOVED_WITHIN_MS / 1_000} s`,
        );
      }
      await delay(LOOK_EVERY_MS);
    }
  } finally {
    await liftLimit(bus, stream);
  }
}
