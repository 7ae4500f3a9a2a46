/**
 * Epochs of streams. The epoch of a stream changes when the stream loses its tail (a power cut, a
 * restored disk). Sequence numbers are comparable only within one epoch. The relays of the services
 * that publish to the stream raise it, once for each loss. Consumers read at which sequence it
 * began, and recreate their durables there. Epochs are kept in the bucket `streams`, under the name
 * of the service.
 */
import type { KV } from 'nats';
import { SILENT } from '#mixins/log.ts';
import { streamName } from '#mixins/names.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import type { Bus } from './bus.ts';
import { jetStreamCode, NO_MESSAGE_FOUND, WRONG_LAST_SEQUENCE } from './error-codes.ts';
import { BucketFollower } from './follow-bucket.ts';
import { joined, type Run, upTo } from './runs.ts';
import type { BucketEntry } from './watch-bucket.ts';

/** The bucket's name without the namespace. */
export const STREAMS_BUCKET = 'streams';
/** Prefix of keys that concern all streams (replicas.ts). No service's name begins with it. */
export const CLUSTER_KEY = '_';

export interface EpochChange {
  readonly epoch: number;
  /** Messages below this sequence are the same as in the epoch before. 1: all may differ. */
  readonly firstLost: number;
}

export interface StreamEpoch {
  /** 0: the stream has lost nothing so far. */
  readonly epoch: number;
  /**
   * The epochs up to this one, oldest first. Bounded. Of the first entry, only its existence is
   * certain.
   */
  readonly changes: readonly EpochChange[];
  /** Sequences of orphaned events that consumers skip (outbox/orphans.ts). */
  readonly orphans?: readonly Run[];
  /**
   * By service: the range of sequences that holds its orphaned events which are not settled yet.
   */
  readonly ahead?: Readonly<Record<string, Run>>;
}

/**
 * The sequences that consumers skip: orphaned events, and ranges that may hold orphaned events
 * which are not settled yet. Skipping a range loses nothing, because consumers read the whole
 * stream again afterwards. Pure.
 */
export function skippedIn({ orphans = [], ahead = {} }: StreamEpoch): Run[] {
  return joined([...orphans, ...Object.values(ahead)]);
}

/**
 * The most changes that are kept. A consumer that last read before them begins at the first
 * message.
 */
const MAX_CHANGES = 32;
/**
 * Attempts of a compare-and-set. Each failure means that another node wrote, which happens once for
 * each loss and node.
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
 * The first sequence that may differ since epoch `known`: its reader has to begin again there. Null
 * when nothing changed. 1 when the stream has no record of `known` (the bucket was lost too, or too
 * many changes).
 */
export function firstLostSince(current: StreamEpoch, known: number): number | null {
  if (current.epoch === known) return null;
  const index = current.changes.findIndex((change) => change.epoch === known);
  if (index === -1 || index === current.changes.length - 1) return 1;
  return Math.min(...current.changes.slice(index + 1).map((change) => change.firstLost));
}

/**
 * The epoch that follows a loss: the time in milliseconds, and always higher than `known`. So it
 * differs from every earlier epoch, even where the bucket was lost with the stream. Pure.
 */
export function nextEpoch(
  current: StreamEpoch | null,
  known: number,
  firstLost: number,
  now: number,
): StreamEpoch {
  const before = current ?? FIRST;
  const epoch = Math.max(known + 1, before.epoch + 1, now);
  // The bucket may have lost `known`. It is added again, so that its readers find it.
  const remembered = before.changes.some((change) => change.epoch === known);
  const chain = remembered ? before.changes : [...before.changes, { epoch: known, firstLost: 1 }];
  return { ...before, epoch, changes: [...chain, { epoch, firstLost }].slice(-MAX_CHANGES) };
}

/**
 * Raises the epoch of a service's stream, unless another node has already raised it above `known`.
 * Returns the epoch that holds then. Throws while NATS is away: then the outcome is unknown, so
 * read again.
 */
export async function raiseEpoch(
  bus: Bus,
  service: string,
  known: number,
  firstLost: number,
): Promise<StreamEpoch> {
  return await change(bus, service, async (current) => {
    if (current !== null && current.epoch > known) return current;
    return nextEpoch(await withoutLost(bus, service, current), known, firstLost, Date.now());
  });
}

/**
 * Leaves out skipped sequences whose messages the stream has lost, because it uses their numbers
 * again. To be called at each raise of the epoch, see `firstStoredAfter`.
 */
async function withoutLost(
  bus: Bus,
  service: string,
  current: StreamEpoch | null,
): Promise<StreamEpoch | null> {
  if (current === null) return null;
  const { epoch, orphans = [], ahead = {} } = current;
  if (orphans.length === 0 && Object.keys(ahead).length === 0) return current;
  const name = streamName(bus.namespace, service);
  const { state } = await bus.manager.streams.info(name);
  const from = Math.max(state.first_seq, orphans[0]?.[0] ?? 1);
  const to = Math.min(state.last_seq, orphans.at(-1)?.[1] ?? 0);
  // Notes end at the last message. The relay of their service judges what is left of them.
  const notes = Object.entries(ahead).flatMap(([source, noted]) =>
    upTo([noted], state.last_seq).map((rest) => [source, rest] as const),
  );
  return {
    ...current,
    orphans: upTo(orphans, (await firstStoredAfter(bus, name, epoch, from, to)) - 1),
    ahead: Object.fromEntries(notes),
  };
}

/**
 * The first sequence from `from` to `to` whose message was stored after an epoch began, or `to` + 1.
 * An epoch is a time, and skipped events were in the stream before the present epoch. So a later
 * message took the place of a lost one: others may have refilled the stream before anybody noticed
 * the loss. A message that a limit removed does not count as later.
 */
async function firstStoredAfter(
  bus: Bus,
  stream: string,
  epoch: number,
  from: number,
  to: number,
): Promise<number> {
  let [low, high] = [from, Math.max(from, to + 1)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await storedAt(bus, stream, middle)) > epoch) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** In milliseconds; 0 where there is no such message any more. */
async function storedAt(bus: Bus, stream: string, sequence: number): Promise<number> {
  try {
    return (await bus.manager.streams.getMessage(stream, { seq: sequence })).time.getTime();
  } catch (error) {
    if (jetStreamCode(error) === NO_MESSAGE_FOUND) return 0;
    throw error;
  }
}

/**
 * Records that the stream holds orphaned events of `source` in this range, until `skipOrphans`.
 * `epoch` is the one in which they were found. Does nothing in a later one: they may be settled by
 * then. Throws while NATS is away.
 */
export async function noteAhead(
  bus: Bus,
  service: string,
  source: string,
  between: Run,
  epoch: number,
): Promise<void> {
  await change(bus, service, async (current) => {
    const before = current ?? FIRST;
    return before.epoch === epoch ? { ...before, ahead: { ...before.ahead, [source]: between } } : before;
  });
}

/**
 * Takes back what `noteAhead` recorded wrongly, except for `rest`, the beginning of the range. Raises
 * the epoch, because consumers have skipped these sequences: they read them again. Does nothing
 * where the record is another one by now. Throws while NATS is away.
 */
export async function withdrawAhead(
  bus: Bus,
  service: string,
  source: string,
  between: Run,
  rest: Run | null = null,
): Promise<void> {
  await change(bus, service, async (current) => {
    const noted = current?.ahead?.[source];
    if (current === null || noted?.[0] !== between[0] || noted[1] !== between[1]) return current ?? FIRST;
    const from = rest === null ? between[0] : rest[1] + 1;
    const next = nextEpoch(await withoutLost(bus, service, current), current.epoch, from, Date.now());
    const { [source]: _, ...others } = next.ahead ?? {};
    return { ...next, ahead: rest === null ? others : { ...others, [source]: rest } };
  });
}

/**
 * Lets consumers skip these sequences. Raises the epoch, so that each consumer recreates its
 * durable and reads the stream from its beginning. A consumer's database may have been restored
 * together with the source's, and then lacks events that it had read. Throws while NATS is away.
 */
export async function skipOrphans(
  bus: Bus,
  service: string,
  source: string,
  orphans: readonly Run[],
): Promise<void> {
  await change(bus, service, async (current) => {
    const before = await withoutLost(bus, service, current);
    const next = nextEpoch(before, current?.epoch ?? 0, 1, Date.now());
    const { [source]: _, ...others } = next.ahead ?? {};
    return { ...next, ahead: others, orphans: joined([...(next.orphans ?? []), ...orphans]) };
  });
}

/** Compares and sets. `decide` returns the current value where nothing has to change. */
async function change(
  bus: Bus,
  service: string,
  decide: (current: StreamEpoch | null) => Promise<StreamEpoch>,
): Promise<StreamEpoch> {
  const kv = await bus.bucket(STREAMS_BUCKET);
  for (let attempt = 1; ; attempt++) {
    const entry = await kv.get(service);
    const current = entry === null ? null : parseEpoch(entry);
    const next = await decide(current);
    if (next === (current ?? FIRST)) return next;
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
 * The epoch in an entry of the bucket. Malformed entries count as no epoch, so that their writer
 * cannot keep others from reading the stream.
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
  const { epoch, changes, orphans = [], ahead = {} } = (value ?? {}) as Partial<StreamEpoch>;
  return (
    Number.isSafeInteger(epoch) &&
    Array.isArray(changes) &&
    changes.every((each) => Number.isSafeInteger(each?.epoch) && Number.isSafeInteger(each?.firstLost)) &&
    Array.isArray(orphans) &&
    orphans.every(isRun) &&
    typeof ahead === 'object' &&
    ahead !== null &&
    Object.values(ahead).every(isRun)
  );
}

/** Whether these are sequences, from the first to the last. */
function isRun(value: unknown): value is Run {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [first, last] = value;
  return Number.isSafeInteger(first) && Number.isSafeInteger(last) && first >= 1 && first <= last;
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
 * Calls `onChange` for each stream that has an epoch, then at every change, and sometimes again
 * without one. Resolves when the bucket was read once. Returns a function that ends the watch. A
 * lost bucket causes no call, so use `readEpoch` after each reconnect. The node's first watch gives
 * the log that reports when the bucket can't be followed.
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
      for (const listener of [...listeners]) {
        try {
          listener(entry.key, epoch);
        } catch (error) {
          // The other relays and consumers must follow it all the same.
          outage.failed(error);
        }
      }
    },
    onError: (error) => outage.failed(error),
    onWell: () => outage.over(),
  });
  const watch = { follower, listeners, seen, ready: follower.start() };
  watches.set(bus, watch);
  return watch;
}
