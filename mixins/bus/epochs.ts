/**
 * Epochs of streams: a number that changes when a stream lost its tail (a power cut, a restored
 * disk). Numbers of messages mean something within one epoch only. The relays of the services that
 * publish to the stream raise it, once for each loss; consumers read where it began and create
 * their durables anew there. Kept in the bucket `streams`, key = service.
 */
import type { KV } from 'nats';
import { BucketFollower } from '#mixins/identity/follow-bucket.ts';
import { SILENT } from '#mixins/log.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import type { Bus } from './bus.ts';
import { jetStreamCode, WRONG_LAST_SEQUENCE } from './error-codes.ts';
import { joined, type Run } from './runs.ts';
import type { BucketEntry } from './watch-bucket.ts';

/** The bucket's name without the namespace. */
export const STREAMS_BUCKET = 'streams';
/** Keys that begin so are about all streams (replicas.ts); no service has such a name. */
export const CLUSTER_KEY = '_';

export interface EpochChange {
  readonly epoch: number;
  /**
   * Everything below this sequence is as it was in the epoch before; 1: nothing may be relied on.
   */
  readonly firstLost: number;
}

export interface StreamEpoch {
  /** 0: the stream never lost anything. */
  readonly epoch: number;
  /**
   * The epochs up to this one, oldest first; bounded. The first entry is only known to have
   * existed.
   */
  readonly changes: readonly EpochChange[];
  /** Sequences of orphaned events that consumers skip (outbox/orphans.ts). */
  readonly orphans?: readonly Run[];
  /**
   * By service: between which sequences the stream holds orphaned events of it that nobody has
   * dealt with yet.
   */
  readonly ahead?: Readonly<Record<string, Run>>;
}

/**
 * What consumers skip: orphaned events, and everything between the sequences where there may be
 * some that nobody has dealt with yet. The latter costs nothing, as consumers read the whole stream
 * again once that is done. Pure.
 */
export function skippedIn({ orphans = [], ahead = {} }: StreamEpoch): Run[] {
  return joined([...orphans, ...Object.values(ahead)]);
}

/** Changes that are remembered; who has not looked for longer begins at the first message. */
const MAX_CHANGES = 32;
/**
 * Attempts of a compare-and-set: each failure means that another node wrote, which happens once a
 * loss and node.
 */
const MAX_ATTEMPTS = 10;

const FIRST: StreamEpoch = { epoch: 0, changes: [] };

/** The epoch of a service's stream, from the broker. Throws while NATS is away. */
export async function readEpoch(bus: Bus, service: string): Promise<StreamEpoch> {
  const kv = await bus.bucket(STREAMS_BUCKET);
  const entry = await kv.get(service);
  return entry === null ? FIRST : parseEpoch(entry);
}

/**
 * Where someone who last followed epoch `known` has to begin again: the first sequence that may be
 * another message now; null when nothing changed. 1 when `known` is no epoch that the stream
 * remembers (the bucket was lost too, or too many changes).
 */
export function firstLostSince(current: StreamEpoch, known: number): number | null {
  if (current.epoch === known) return null;
  const index = current.changes.findIndex((change) => change.epoch === known);
  if (index === -1 || index === current.changes.length - 1) return 1;
  return Math.min(...current.changes.slice(index + 1).map((change) => change.firstLost));
}

/**
 * The epoch that follows a loss. It is the time in milliseconds, so that it differs from all that
 * anybody ever followed even where the bucket was lost with the stream; higher than `known` in any
 * case. Pure.
 */
export function nextEpoch(
  current: StreamEpoch | null,
  known: number,
  firstLost: number,
  now: number,
): StreamEpoch {
  const before = current ?? FIRST;
  const epoch = Math.max(known + 1, before.epoch + 1, now);
  // What the bucket has forgotten is put back, so that who followed it finds it again.
  const remembered = before.changes.some((change) => change.epoch === known);
  const chain = remembered ? before.changes : [...before.changes, { epoch: known, firstLost: 1 }];
  return { ...before, epoch, changes: [...chain, { epoch, firstLost }].slice(-MAX_CHANGES) };
}

/**
 * Raises the epoch of a service's stream unless somebody else has raised it above `known` already;
 * returns the one that holds then. Throws while NATS is away, and then nothing is known: look
 * again.
 */
export async function raiseEpoch(
  bus: Bus,
  service: string,
  known: number,
  firstLost: number,
): Promise<StreamEpoch> {
  return await change(bus, service, (current) =>
    current !== null && current.epoch > known ? current : nextEpoch(current, known, firstLost, Date.now()),
  );
}

/**
 * Notes that the stream holds orphaned events of `source` between these sequences, until
 * `skipOrphans`. Throws while NATS is away.
 */
export async function noteAhead(bus: Bus, service: string, source: string, between: Run): Promise<void> {
  await change(bus, service, (current) => ({
    ...(current ?? FIRST),
    ahead: { ...current?.ahead, [source]: between },
  }));
}

/**
 * Lets consumers skip these sequences. The epoch rises, so that each makes its durable anew and
 * reads the stream from its beginning: what it had read may be missing in a database that was
 * restored with the other. Throws while NATS is away.
 */
export async function skipOrphans(
  bus: Bus,
  service: string,
  source: string,
  orphans: readonly Run[],
): Promise<void> {
  await change(bus, service, (current) => {
    const { ahead: { [source]: _, ...others } = {}, ...next } = nextEpoch(
      current,
      current?.epoch ?? 0,
      1,
      Date.now(),
    );
    return { ...next, ahead: others, orphans: joined([...(current?.orphans ?? []), ...orphans]) };
  });
}

/** Compares and sets. `decide` returns what is there where nothing is to change. */
async function change(
  bus: Bus,
  service: string,
  decide: (current: StreamEpoch | null) => StreamEpoch,
): Promise<StreamEpoch> {
  const kv = await bus.bucket(STREAMS_BUCKET);
  for (let attempt = 1; ; attempt++) {
    const entry = await kv.get(service);
    const current = entry === null ? null : parseEpoch(entry);
    const next = decide(current);
    if (next === current) return next;
    try {
      await put(kv, service, next, entry?.revision ?? 0);
      return next;
    } catch (error) {
      if (jetStreamCode(error) !== WRONG_LAST_SEQUENCE || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function put(kv: KV, service: string, value: StreamEpoch, revision: number): Promise<void> {
  await kv.put(service, JSON.stringify(value), { previousSeq: revision });
}

/**
 * The epoch that an entry of the bucket holds. What is no epoch counts as none: its writer must not
 * keep others from reading the stream.
 */
export function parseEpoch(entry: Pick<BucketEntry, 'operation' | 'json'>): StreamEpoch {
  if (entry.operation !== 'PUT') return FIRST;
  try {
    const value = entry.json<unknown>();
    return isEpoch(value) ? value : FIRST;
  } catch {
    return FIRST;
  }
}

function isEpoch(value: unknown): value is StreamEpoch {
  const { epoch, changes, orphans = [] } = (value ?? {}) as Partial<StreamEpoch>;
  const isRun = (each: Run | null) => Number.isSafeInteger(each?.[0]) && Number.isSafeInteger(each?.[1]);
  return (
    Number.isSafeInteger(epoch) &&
    Array.isArray(changes) &&
    changes.every((each) => Number.isSafeInteger(each?.epoch) && Number.isSafeInteger(each?.firstLost)) &&
    Array.isArray(orphans) &&
    orphans.every(isRun)
  );
}

export type OnEpoch = (service: string, epoch: StreamEpoch) => void;

interface Watch {
  readonly follower: BucketFollower;
  readonly listeners: Set<OnEpoch>;
  readonly seen: Map<string, StreamEpoch>;
  readonly ready: Promise<void>;
}

/** One watch for all of a node's relays and consumers. */
const watches = new WeakMap<Bus, Watch>();

/**
 * Calls `onChange` for each stream that has an epoch, then at every change; maybe again for the
 * same one. Resolves when the bucket was read once, and returns what ends it. A bucket that was
 * lost says nothing: look with `readEpoch` after each reconnect. One log of the node, that of its
 * first watch, is told when the bucket can't be followed, and when it can again.
 */
export async function watchEpochs(
  bus: Bus,
  onChange: OnEpoch,
  log: OutageLog = SILENT,
): Promise<() => Promise<void>> {
  const watch = watches.get(bus) ?? startWatch(bus, log);
  watch.listeners.add(onChange);
  for (const [service, epoch] of watch.seen) onChange(service, epoch);
  await watch.ready;
  return async () => {
    watch.listeners.delete(onChange);
    if (watch.listeners.size > 0 || watches.get(bus) !== watch) return;
    watches.delete(bus);
    await watch.follower.stop();
  };
}

function startWatch(bus: Bus, log: OutageLog): Watch {
  const outage = new Outage("Epochs of streams can't be followed", log);
  const listeners: Watch['listeners'] = new Set();
  const seen: Watch['seen'] = new Map();
  const follower = new BucketFollower(bus, STREAMS_BUCKET, {
    async apply(entry) {
      if (entry.key.startsWith(CLUSTER_KEY)) return;
      const epoch = parseEpoch(entry);
      seen.set(entry.key, epoch);
      for (const listener of [...listeners]) listener(entry.key, epoch);
    },
    onError: (error) => outage.failed(error),
    onWell: () => outage.over(),
  });
  const watch = { follower, listeners, seen, ready: follower.start() };
  watches.set(bus, watch);
  return watch;
}
