/** What the functions of one consumer on one node share. */
import type { Bus } from '#mixins/bus/bus.ts';
import type { Run } from '#mixins/bus/runs.ts';
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import type { Database } from '#mixins/database/database.ts';
import { durableName } from '#mixins/names.ts';
import { throttle } from '#mixins/outage.ts';
import type { Platform } from '#mixins/platform.ts';
import type { Traces } from '#mixins/tracing/traces.ts';
import { Turns } from '#mixins/turns.ts';
import { type Decoder, decoderOf } from './decode.ts';
import { type ConsumerDefinition, type ConsumerSettings, DEFAULT_SETTINGS } from './definition.ts';

export type ConsumerLogger = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error' | 'fatal', (...args: unknown[]) => void>
>;

/**
 * For the lone attempts of all consumers of this process. If it died during two of them, their
 * counters would accuse both events, and the next process would make the same two attempts.
 */
const processMutex = new Turns(1);

/** A higher batch size does not raise the rate (measured). */
const DEFAULT_BATCH_SIZE = 500;
const DEFAULT_LINGER_MS = 5;

export interface ConsumerParts {
  readonly service: string;
  /** Its key in the service's `consumers`. */
  readonly key: string;
  readonly definition: ConsumerDefinition;
  readonly database: Database;
  readonly platform: Platform;
  readonly logger: ConsumerLogger;
  /** Default: `DEFAULT_SETTINGS`, each by itself. */
  readonly settings?: Partial<ConsumerSettings> | undefined;
  /** Default: traces are off. */
  readonly traces?: Traces | undefined;
  /**
   * Runs the lone attempts of all consumers of the process one at a time. Default: that of the
   * process.
   */
  readonly mutex?: Turns;
  /**
   * What the operator should do when it has stopped itself, logged with the alarm. Default: resume
   * it.
   */
  readonly hint?: string;
}

type Shared = Required<Omit<ConsumerParts, 'service' | 'key' | 'settings' | 'traces'>>;

export interface ConsumerContext extends Shared, Pick<ConsumerParts, 'traces'> {
  /** The durable: `<service>-<key>`. */
  readonly name: string;
  readonly batchSize: number;
  readonly lingerMs: number;
  readonly everyMs: number;
  readonly decoder: Decoder;
  readonly settings: ConsumerSettings;
  /** For states that each batch and attempt meets again, and whose end is not visible here. */
  readonly warnThrottled: (text: string, kind?: string) => void;
  /**
   * Failed lone attempts that the process survived, by event, while the database did not answer.
   */
  readonly survived: Map<string, number>;
  /** Aborted when the consumer must end: nothing is retried any more. */
  readonly ending: AbortSignal;
  /**
   * When it was started or resumed, in milliseconds: earlier dead letters do not count in the limit
   * of a minute.
   */
  startedAt: number;
  /**
   * Sequences of the stream that are skipped: orphaned events are there, or may be (bus/epochs.ts).
   */
  skipped: readonly Run[];
  /** How often the watch of epochs has set `skipped`. */
  watched: number;
  readonly counters: Counters;
  readonly rate: RateMeter;
}

/** What happened since the start, on this node. */
const noCounts = () => ({ handled: 0, batches: 0, redelivered: 0, retries: 0, setAside: 0 });
export type Counters = ReturnType<typeof noCounts>;

/**
 * Throws a RangeError when the definition exceeds a bound. `ending` is aborted when the consumer
 * must end.
 */
export function contextOf(parts: ConsumerParts, ending: AbortSignal): ConsumerContext {
  const { definition, database, platform, logger } = parts;
  const settings = { ...DEFAULT_SETTINGS, ...parts.settings };
  const name = durableName(parts.service, parts.key);
  return {
    name,
    definition,
    batchSize: bounded('batchSize', definition.batchSize ?? DEFAULT_BATCH_SIZE, 1, 5_000),
    lingerMs: bounded('lingerMs', definition.lingerMs ?? DEFAULT_LINGER_MS, 0, 1_000),
    everyMs: bounded('everyMs', definition.everyMs ?? 0, 0, 1_000),
    database,
    platform,
    decoder: decoderOf(definition, platform.config.namespace, schemaRegistryOf(platform.bus)),
    settings,
    logger,
    traces: parts.traces,
    warnThrottled: throttle((text) => logger.warn(text), Date.now, settings.maxDelayMs),
    mutex: parts.mutex ?? processMutex,
    survived: new Map(),
    ending,
    hint: parts.hint ?? `Mend the cause, then: npm run repl, resume ${name}`,
    startedAt: Date.now(),
    skipped: [],
    watched: 0,
    counters: noCounts(),
    rate: new RateMeter(),
  };
}

function bounded(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} is ${value}, but should be a whole number from ${min} to ${max}`);
  }
  return value;
}

const registries = new WeakMap<Bus, SchemaRegistry>();

/** One for all consumers of a node, so that each schema is fetched once. */
function schemaRegistryOf(bus: Bus): SchemaRegistry {
  let registry = registries.get(bus);
  if (registry === undefined) {
    registry = new SchemaRegistry(() => bus.bucket(SCHEMAS_BUCKET));
    registries.set(bus, registry);
  }
  return registry;
}

/** Seconds of which a rate is the mean. */
const RATE_SECONDS = 10;

/** Counts events by the second. */
class RateMeter {
  readonly #counts = new Map<number, number>();

  add(count: number, now = Date.now()): void {
    const second = Math.floor(now / 1_000);
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + count);
    for (const old of this.#counts.keys()) if (old < second - RATE_SECONDS) this.#counts.delete(old);
  }

  /** The mean of the last ten whole seconds. */
  perSecond(now = Date.now()): number {
    const second = Math.floor(now / 1_000);
    let sum = 0;
    for (const [at, count] of this.#counts) if (at >= second - RATE_SECONDS && at < second) sum += count;
    return sum / RATE_SECONDS;
  }
}
