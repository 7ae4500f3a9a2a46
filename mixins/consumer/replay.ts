/**
 * Reads streams again from their beginning, for projections that are built anew. A replay has
 * durables of its own beside a service's consumers, `<service>-<key>-<suffix>`, which all nodes of
 * the service share. The service that starts a replay also stops and removes it.
 */
import type { Bus } from '#mixins/bus/bus.ts';
import { readEpoch } from '#mixins/bus/epochs.ts';
import type { Tx } from '#mixins/database/database.ts';
import { durableName, streamName } from '#mixins/names.ts';
import { Consumer } from './consumer.ts';
import type { ConsumerParts } from './context.ts';
import type { ConsumerDefinition } from './definition.ts';
import { deleteDurable } from './durable.ts';

export type StreamReach = Awaited<ReturnType<typeof streamReach>>;

/** What the stream of a service still holds. Throws while NATS is away. */
export async function streamReach(bus: Bus, service: string) {
  const stream = await bus.ensureStream(service);
  const { state } = await bus.manager.streams.info(stream);
  // A stream that never held anything has the first sequence 0.
  const first = Math.max(1, state.first_seq);
  const missing = Math.max(0, state.last_seq - first + 1) - state.messages;
  const { ahead = {} } = await readEpoch(bus, service);
  return {
    service,
    /** As NATS calls it. */
    stream,
    /** The first sequence that is there; 1 when nothing was ever removed from the beginning. */
    first,
    last: state.last_seq,
    /** Number of messages between the two that were removed. */
    missing,
    /** Services whose databases were restored and lack some of their events in the stream. */
    ahead: Object.keys(ahead).sort(),
  };
}

export interface ReplayParts extends Omit<ConsumerParts, 'key' | 'definition' | 'mutex' | 'hint'> {
  /** Differs from replay to replay, such as `g2`. */
  readonly suffix: string;
  /** By the key of the service's consumer that each stands for. */
  readonly definitions: Readonly<Record<string, ConsumerDefinition>>;
}

/** The consumers of one replay on this node. */
export class Replay {
  readonly #consumers: readonly Consumer[];

  constructor({ definitions, suffix, ...parts }: ReplayParts) {
    this.#consumers = Object.entries(definitions).map(
      ([key, definition]) =>
        new Consumer({
          ...parts,
          key: `${key}-${suffix}`,
          definition,
          hint: 'It ends with the replay it belongs to',
        }),
    );
  }

  start(): void {
    for (const consumer of this.#consumers) consumer.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()));
  }

  /** Why a consumer of this node stopped itself; undefined while none has. */
  get stoppedBecause(): string | undefined {
    for (const { state, context } of this.#consumers) {
      if (state.is === 'stopped') return `${context.name}: ${state.reason}`;
    }
    return undefined;
  }
}

/** The name under which a replay's consumer keeps its dead letters and attempts. */
export function replayName(service: string, key: string, suffix: string): string {
  return durableName(service, `${key}-${suffix}`);
}

type Streams = Readonly<Record<string, Pick<ConsumerDefinition, 'stream'>>>;

export type ReplayProgress = Awaited<ReturnType<typeof replayProgress>>[number];

/**
 * How far a replay is, on all nodes, by the names of the services that own the streams. Every event
 * up to `applied` was applied or dead-lettered. Throws while NATS is away or a durable is not made
 * yet.
 */
export async function replayProgress(bus: Bus, service: string, definitions: Streams, suffix: string) {
  return await Promise.all(
    Object.entries(definitions).map(async ([key, { stream }]) => {
      const name = streamName(bus.namespace, stream);
      const info = await bus.manager.consumers.info(name, replayName(service, key, suffix));
      const caughtUp = info.num_pending === 0 && info.num_ack_pending === 0;
      return { service: stream, applied: info.ack_floor.stream_seq, caughtUp };
    }),
  );
}

/**
 * Deletes the durables that exist. Each node calls it after its stop, so that the last one leaves
 * none.
 */
export async function removeReplay(
  bus: Bus,
  service: string,
  definitions: Streams,
  suffix: string,
): Promise<void> {
  for (const [key, { stream }] of Object.entries(definitions)) {
    await deleteDurable(bus, {
      stream: await bus.ensureStream(stream),
      durable: replayName(service, key, suffix),
    });
  }
}

/** A replay's consumer, and the live one that it stands for. */
export interface ReplayPair {
  readonly replay: string;
  readonly live: string;
}

const columnsOf = (pairs: readonly ReplayPair[]) => [
  pairs.map(({ replay }) => replay),
  pairs.map(({ live }) => live),
];

/**
 * Copies the discarded dead letters, so that the replay leaves out the same events as the live
 * consumer.
 */
export async function copyDiscarded(tx: Tx, pairs: readonly ReplayPair[]): Promise<void> {
  await tx.run(
    `INSERT INTO dead_letter (id, consumer, event_key, stream, stream_sequence, type, subject, sequence, headers, payload, attempts,
       code, message, status, set_aside_at, settled_at, settled_by, settled_reason)
     SELECT gen_random_uuid(), replay, event_key, stream, stream_sequence, type, subject, sequence, headers, payload, attempts,
       code, message, status, set_aside_at, settled_at, settled_by, settled_reason
     FROM dead_letter JOIN unnest($1::text[], $2::text[]) AS pair (replay, live) ON consumer = live
     WHERE status = 'discarded'
     ON CONFLICT (consumer, event_key) DO NOTHING`,
    columnsOf(pairs),
  );
}

export interface NewTrouble {
  readonly consumer: string;
  readonly eventKey: string;
  readonly code: string;
  readonly message: string;
  /** Number of such events. */
  readonly count: number;
}

/** The first event that the replay dead-lettered although the live consumer has applied it. */
export async function newTrouble(tx: Tx, pairs: readonly ReplayPair[]): Promise<NewTrouble | undefined> {
  const [row] = await tx.rows<NewTrouble>(
    `SELECT letter.consumer, letter.event_key AS "eventKey", letter.code, letter.message, count(*) OVER () AS count
     FROM dead_letter AS letter JOIN unnest($1::text[], $2::text[]) AS pair (replay, live) ON letter.consumer = replay
     WHERE letter.status = 'open' AND NOT EXISTS (
       SELECT FROM dead_letter AS other
       WHERE other.consumer = live AND other.event_key = letter.event_key AND other.status <> 'redriven'
     )
     ORDER BY letter.id LIMIT 1`,
    columnsOf(pairs),
  );
  return row;
}

/** Deletes all rows of consumers that were removed. */
export async function forgetConsumers(tx: Tx, names: readonly string[]): Promise<void> {
  for (const table of ['dead_letter', 'attempt', 'consumer_epoch']) {
    await tx.run(`DELETE FROM ${table} WHERE consumer = ANY ($1::text[])`, [names]);
  }
}
