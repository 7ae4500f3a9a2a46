/** Puts a consumer together from its definition. */
import { SCHEMAS_BUCKET, SchemaRegistry } from '../../schemas/registry.ts';
import type { Bus } from '../bus/bus.ts';
import type { Database } from '../database/database.ts';
import { durableName } from '../names.ts';
import type { Platform } from '../platform.ts';
import { Consumer } from './consumer.ts';
import type { ConsumerContext, ConsumerLogger } from './context.ts';
import { decoderOf } from './decode.ts';
import type { ConsumerDefinition } from './definition.ts';
import {
  type ConsumerSettings,
  DEFAULT_BATCH_SIZE,
  DEFAULT_LINGER_MS,
  DEFAULT_SETTINGS,
} from './settings.ts';
import { processMutex, type Mutex } from './lone-attempts.ts';

export interface ConsumerParts {
  readonly service: string;
  /** Its key in the service's `consumers`. */
  readonly key: string;
  readonly definition: ConsumerDefinition;
  readonly database: Database;
  readonly platform: Platform;
  readonly logger: ConsumerLogger;
  /** Default: `DEFAULT_SETTINGS`, each for itself. */
  readonly settings?: Partial<ConsumerSettings> | undefined;
  /** Default: one for the process. */
  readonly mutex?: Mutex;
  /** What its alarm says after the reason. Default: how an operator resumes it. */
  readonly wayOn?: string;
}

/** What is out of its bounds throws here, when the service starts. */
export function makeConsumer(parts: ConsumerParts): Consumer {
  const { definition } = parts;
  const ending = new AbortController();
  const lingerMs = bounded('lingerMs', definition.lingerMs ?? DEFAULT_LINGER_MS, 0, 1_000);
  return new Consumer(contextOf(parts, ending.signal), ending, lingerMs);
}

/** The context alone, for tests that deliver by themselves. */
export function contextOf(parts: ConsumerParts, ending: AbortSignal): ConsumerContext {
  const { definition, database, platform, logger } = parts;
  const name = durableName(parts.service, parts.key);
  return {
    name,
    definition,
    batchSize: bounded('batchSize', definition.batchSize ?? DEFAULT_BATCH_SIZE, 1, 5_000),
    database,
    platform,
    decoder: decoderOf(definition, platform.config.namespace, registryOf(platform.bus)),
    settings: { ...DEFAULT_SETTINGS, ...parts.settings },
    logger,
    mutex: parts.mutex ?? processMutex,
    survived: new Map(),
    ending,
    wayOn: parts.wayOn ?? `Mend the cause, then: npm run repl, resume ${name}`,
    startedAt: Date.now(),
    skipped: [],
    counters: { handled: 0, batches: 0, redelivered: 0, retries: 0, setAside: 0 },
  };
}

function bounded(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} is ${value}, but should be a whole number from ${min} to ${max}`);
  }
  return value;
}

const registries = new WeakMap<Bus, SchemaRegistry>();

/** One for all consumers of a node: schemas are fetched once. */
function registryOf(bus: Bus): SchemaRegistry {
  let registry = registries.get(bus);
  if (registry === undefined) {
    registry = new SchemaRegistry(() => bus.bucket(SCHEMAS_BUCKET));
    registries.set(bus, registry);
  }
  return registry;
}
