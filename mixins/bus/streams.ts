/**
 * Makes the stream of a service, or updates an existing one to the wanted settings. Needs nothing
 * newer than nats-server 2.9.10.
 */
import {
  DiscardPolicy,
  ErrorCode,
  type JetStreamManager,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from 'nats';
import { bucketName, streamName, subjectsOf } from '#mixins/names.ts';
import { MAX_EVENT_BYTES } from '#schemas/event.ts';
import {
  jetStreamCode,
  REPLICAS_NOT_SUPPORTED,
  STREAM_NAME_IN_USE,
  STREAM_NOT_FOUND,
  SUBJECTS_OVERLAP,
} from './error-codes.ts';

/**
 * Within this window, a message that is sent again is stored once. Milliseconds. The broker needs
 * about 270 bytes for each message in it.
 */
const DUPLICATE_WINDOW_MS = 10 * 60_000;

/**
 * The settings of an event stream. Limits of age and size belong to the operator, so they are
 * neither set nor changed here.
 */
export function streamSettings(namespace: string, service: string, replicas: number) {
  return {
    name: streamName(namespace, service),
    subjects: [subjectsOf(namespace, service)],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    // A full stream refuses messages, and the outbox keeps them. `old` would discard events that no
    // consumer has read.
    discard: DiscardPolicy.New,
    deny_delete: true,
    deny_purge: true,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    max_msg_size: MAX_EVENT_BYTES,
    num_replicas: replicas,
  } satisfies Partial<StreamConfig>;
}

/** The settings of a bucket. */
export function bucketSettings(namespace: string, bucket: string, replicas: number) {
  const name = bucketName(namespace, bucket);
  return {
    name: `KV_${name}`,
    subjects: [`$KV.${name}.>`],
    max_msgs_per_subject: 1,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    deny_delete: true,
    // Otherwise a user that may write one key could empty the whole bucket (`Nats-Rollup: all`).
    allow_rollup_hdrs: false,
    // A direct read may come from a replica that lags behind, and this data decides who is signed
    // in.
    allow_direct: false,
    num_replicas: replicas,
  } satisfies Partial<StreamConfig>;
}

/**
 * The largest of three numbers: the one given to this node, the one that the cluster keeps, and
 * that of the existing stream. Pure.
 */
export function wantedReplicas(...numbers: readonly (number | null)[]): number {
  return Math.max(1, ...numbers.map((number) => number ?? 1));
}

/**
 * Settings by which a stream copies other streams or is copied. None of our streams has them. NATS
 * checks rights only by the stream's name. So a service that may make its missing stream could ask
 * for a copy of another. NATS can't remove `mirror` and `republish` by an update.
 */
const COPIES = 'sources';
const COPIES_FOR_EVER = ['mirror', 'republish'] as const;

export type Settings = ReturnType<typeof streamSettings> | ReturnType<typeof bucketSettings>;

/**
 * Several nodes may call it at once. An existing stream that differs is updated. If NATS refuses
 * the update (storage, say), or the user may not change streams, the stream stays as it is and
 * `warn` is called. The provisioning step may change it. A missing stream is made after
 * `whenMissing`. Returns the number of its replicas, which is never lowered, except on a single
 * server. There it is one, and `warn` gets the reason. Throws when the stream can't be made.
 */
export async function ensureStream(
  manager: JetStreamManager,
  wanted: Settings,
  warn: (message: string) => void,
  whenMissing: () => Promise<void> = async () => {},
): Promise<number> {
  let info = await find(manager, wanted.name);
  if (info === null) {
    await whenMissing();
    try {
      await manager.streams.add(wanted);
      return wanted.num_replicas;
    } catch (error) {
      // Another node was first, with other settings. Or that node is making the stream at this
      // moment.
      const code = jetStreamCode(error);
      if (code === REPLICAS_NOT_SUPPORTED) {
        warn(noPlaceFor(wanted.num_replicas));
        return ensureStream(manager, { ...wanted, num_replicas: 1 }, warn);
      }
      const isThere = code === STREAM_NAME_IN_USE || code === SUBJECTS_OVERLAP;
      if (!isThere) throw withHint(wanted.name, error);
      info = await find(manager, wanted.name);
      if (info === null) throw error;
    }
  }
  const existing = info.config;
  const copies = COPIES_FOR_EVER.filter((key) => existing[key] !== undefined);
  if (copies.length > 0) {
    warn(
      `Stream ${wanted.name} has ${copies.join(', ')}: whoever made it copies messages by it. NATS can't change that: ` +
        'delete the stream, and its service makes it again',
    );
  }
  const settings = { ...wanted, num_replicas: replicasFor(info, wanted.num_replicas, warn) };
  const different = differences(existing, settings);
  if (different.length === 0) return settings.num_replicas;
  try {
    await manager.streams.update(wanted.name, { ...existing, ...settings, [COPIES]: undefined as never });
    return settings.num_replicas;
  } catch (error) {
    const reason = refusalOf(error);
    if (reason === undefined) throw error;
    warn(`Stream ${wanted.name} stays different in ${different.join(', ')}: ${reason}`);
    return existing.num_replicas;
  }
}

/**
 * The wanted replicas of a stream. A start never lowers them, except on a single server. There,
 * nats-server 2.9.10 accepts an update to more replicas, but cannot recreate the stream at its next
 * restart (measured).
 */
function replicasFor(
  { config, cluster }: StreamInfo,
  wanted: number,
  warn: (message: string) => void,
): number {
  const most = wantedReplicas(config.num_replicas, wanted);
  // Outside a cluster, newer servers name themselves as the leader.
  if (most === 1 || cluster?.name) return most;
  warn(noPlaceFor(most));
  return 1;
}

/** The text leaves out the stream's name, so that it is logged once for all streams. */
function noPlaceFor(replicas: number): string {
  return (
    `NATS is a single server and has no place for ${replicas} replicas: streams and buckets have one. ` +
    'Take STREAM_REPLICAS from the node; where the cluster keeps the number, change it with: npm run nats -- replicas 1'
  );
}

/** The reason of a refusal that lasts. Undefined where NATS may accept later. */
function refusalOf(error: unknown): string | undefined {
  if (isForbidden(error)) return 'this user of NATS may not change it. Change it with: npm run provision';
  return error instanceof NatsError && error.api_error !== undefined
    ? (error.api_error.description ?? error.message)
    : undefined;
}

function isForbidden(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.PermissionsViolation;
}

/** Adds a hint to the error, where our user may not make the stream. A retry may succeed later. */
function withHint(stream: string, error: unknown): unknown {
  if (!isForbidden(error)) return error;
  const text = `Stream ${stream} is missing, and this user of NATS may not make it: its service does, and npm run provision`;
  return new Error(text, { cause: error });
}

/** Whether the stream exists. Throws every other error of NATS. */
export async function streamExists(manager: JetStreamManager, name: string): Promise<boolean> {
  return (await find(manager, name)) !== null;
}

async function find(manager: JetStreamManager, name: string): Promise<StreamInfo | null> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (jetStreamCode(error) === STREAM_NOT_FOUND) return null;
    throw error;
  }
}

function differences(existing: StreamConfig, wanted: Settings): string[] {
  const settings = Object.entries(wanted).flatMap(([key, value]) =>
    JSON.stringify(existing[key as keyof StreamConfig]) === JSON.stringify(value) ? [] : [key],
  );
  return existing[COPIES] === undefined ? settings : [...settings, COPIES];
}
