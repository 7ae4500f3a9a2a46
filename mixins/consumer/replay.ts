/**
 * Reads streams again from their beginning, beside a service's consumers: by durables of its own, `<service>-<key>-<suffix>`, which all
 * nodes of the service share. For projections that are built anew; whoever starts a replay ends it, and removes it when all is over.
 */
import type { Bus } from '../bus/bus.ts';
import { readEpoch } from '../bus/epochs.ts';
import type { Database } from '../database/database.ts';
import { durableName, streamName } from '../names.ts';
import type { Platform } from '../platform.ts';
import type { Consumer } from './consumer.ts';
import type { ConsumerLogger } from './context.ts';
import type { ConsumerDefinition } from './definition.ts';
import { deleteDurable } from './durable.ts';
import { makeConsumer } from './make-consumer.ts';
import type { ConsumerSettings } from './settings.ts';

export interface ReplayParts {
  readonly service: string;
  /** Differs from replay to replay, such as `g2`. */
  readonly suffix: string;
  /** By the key of the service's consumer that each stands for. */
  readonly definitions: Readonly<Record<string, ConsumerDefinition>>;
  readonly database: Database;
  readonly platform: Platform;
  readonly logger: ConsumerLogger;
  readonly settings?: Partial<ConsumerSettings> | undefined;
}

/** The name under which a replay's consumer keeps its letters and attempts. */
export function replayName(service: string, key: string, suffix: string): string {
  return durableName(service, `${key}-${suffix}`);
}

/** What a stream still holds. */
export interface StreamReach {
  /** The name of the service that owns it. */
  readonly service: string;
  /** As NATS calls it. */
  readonly stream: string;
  /** The first sequence that is there; 1 when nothing was ever removed from the beginning. */
  readonly first: number;
  readonly last: number;
  /** Messages between the two that are not there any more. */
  readonly missing: number;
  /** Services whose restored databases do not know all events that the stream holds of them. */
  readonly ahead: readonly string[];
}

/** Throws while NATS is away. */
export async function streamReach(bus: Bus, service: string): Promise<StreamReach> {
  const stream = await bus.ensureStream(service);
  const { state } = await bus.manager.streams.info(stream);
  // An empty stream that never held anything has no first sequence yet.
  const first = Math.max(1, state.first_seq);
  const missing = Math.max(0, state.last_seq - first + 1) - state.messages;
  const { ahead = {} } = await readEpoch(bus, service);
  return { service, stream, first, last: state.last_seq, missing, ahead: Object.keys(ahead).sort() };
}

export interface ReplayProgress {
  /** The stream, by the name of the service that owns it. */
  readonly service: string;
  /** Every event up to this sequence was applied or set aside. */
  readonly applied: number;
  /** Whether nothing is left at all. */
  readonly caughtUp: boolean;
}

/** Nobody resumes a replay. */
const WAY_ON = 'It ends with the replay it belongs to';

/** The consumers of one replay on this node. */
export class Replay {
  readonly #parts: ReplayParts;
  readonly #consumers: readonly Consumer[];

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    this.#consumers = Object.entries(parts.definitions).map(([key, definition]) =>
      makeConsumer({ ...parts, key: `${key}-${parts.suffix}`, definition, wayOn: WAY_ON }),
    );
  }

  start(): void {
    for (const consumer of this.#consumers) consumer.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()));
  }

  /** Why a consumer of this node stopped itself; undefined as long as none has. */
  get stoppedBecause(): string | undefined {
    for (const { state, context } of this.#consumers) {
      if (state.is === 'stopped') return `${context.name}: ${state.reason}`;
    }
    return undefined;
  }

  /** Over all nodes. Throws while NATS is away or a durable is not made yet. */
  async progress(): Promise<ReplayProgress[]> {
    const { platform, definitions, service, suffix } = this.#parts;
    return await replayProgress(platform.bus, service, definitions, suffix);
  }
}

type Streams = Readonly<Record<string, Pick<ConsumerDefinition, 'stream'>>>;

/** As `Replay.progress`, for a node that does not take part. */
export async function replayProgress(
  bus: Bus,
  service: string,
  definitions: Streams,
  suffix: string,
): Promise<ReplayProgress[]> {
  return await Promise.all(
    Object.entries(definitions).map(async ([key, { stream }]) => {
      const name = streamName(bus.namespace, stream);
      const info = await bus.manager.consumers.info(name, replayName(service, key, suffix));
      const caughtUp = info.num_pending === 0 && info.num_ack_pending === 0;
      return { service: stream, applied: info.ack_floor.stream_seq, caughtUp };
    }),
  );
}

/** Deletes the durables, wherever they are still there. Every node that took part does so after it stopped: the last one leaves none. */
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
