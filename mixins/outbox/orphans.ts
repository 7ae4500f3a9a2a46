/**
 * Orphaned events: a stream holds them under our name, but our outbox lacks them. This shows that
 * the database was restored to an older state than NATS, because we publish only events of the
 * outbox. Consumers would apply changes that our database has lost. An operator lets them skip
 * these events (docs/runbook.md).
 */
import type { JetStreamManager, StreamState } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { noteAhead, readEpoch, type StreamEpoch, skipOrphans, withdrawAhead } from '#mixins/bus/epochs.ts';
import { jetStreamCode, NO_MESSAGE_FOUND } from '#mixins/bus/error-codes.ts';
import { holds, type Run, runsOf } from '#mixins/bus/runs.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { streamName } from '#mixins/names.ts';
import { fromHeaders } from '#schemas/cloud-events.ts';
import type { Envelope } from '#schemas/envelope.ts';
import { firstPublished, readStreams, type StreamRow } from './outbox.store.ts';

/** Messages that are requested in parallel. */
const AT_ONCE = 50;
/**
 * Messages at the end of a range that are searched for one of ours: requests of others are among
 * them. NATS answers some 15,000 such requests a second (measured), and a relay's transaction waits.
 */
const LOOK_BACK = 1_000;

/** Shortest time between two withdrawals of notes about one stream by one node, in milliseconds. */
const WITHDRAW_EVERY_MS = 600_000;

/** A stream with orphaned events of a service, and the sequences between which they are. */
export interface Ahead {
  readonly stream: string;
  readonly between: Run;
}

interface Found {
  readonly at: number;
  readonly envelope: Envelope;
}

/**
 * The sequences between which a stream is ahead of its outbox; null when it is not. Notes them
 * beside the stream's epoch, because further publishing would hide them. A note that this outbox
 * refutes is withdrawn: it was made with another database. So is the part of a note that is above
 * the stream's last message. To be called in the transaction with the relay's lock.
 */
export async function lookAhead(
  tx: Tx,
  bus: Bus,
  row: StreamRow,
  current: StreamEpoch,
  state: StreamState,
): Promise<Run | null> {
  const { service } = tx.database;
  const noted = current.ahead?.[service];
  if (noted === undefined) {
    const between = await findAhead(tx, bus, row, current, state);
    if (between !== null) await noteAhead(bus, row.stream, service, between, current.epoch);
    return between;
  }
  const there: Run = [Math.max(noted[0], state.first_seq), Math.min(noted[1], state.last_seq)];
  const isWrong = await isRefuted(tx, bus, row, current, there);
  if (!isWrong && noted[1] <= state.last_seq) return noted;
  const pauses = pausesOf(bus);
  const key = `${service} ${row.stream}`;
  if (performance.now() < (pauses.get(key) ?? 0)) return noted;
  const rest: Run | null = isWrong ? null : [noted[0], there[1]];
  await withdrawAhead(bus, row.stream, service, noted, rest);
  pauses.set(key, performance.now() + WITHDRAW_EVERY_MS);
  return rest;
}

const allPauses = new WeakMap<Bus, Map<string, number>>();

/**
 * Until when this node withdraws no further note, by service and stream. A note that comes again at
 * once is that of a node with another database. Both would go on without end, and consumers would
 * begin anew each time.
 */
function pausesOf(bus: Bus): Map<string, number> {
  const pauses = allPauses.get(bus) ?? new Map<string, number>();
  allPauses.set(bus, pauses);
  return pauses;
}

/**
 * As `lookAhead`, but goes by no note, and makes none. Does not see orphaned events that have
 * `LOOK_BACK` messages of others on both sides.
 */
export async function findAhead(
  tx: Tx,
  bus: Bus,
  row: StreamRow,
  current: StreamEpoch | null,
  state: StreamState,
): Promise<Run | null> {
  const behind: Run = [row.highestSequence + 1, state.last_seq];
  // Others may have filled the end since. Then the first event after our last one may show it.
  const first = Math.max(behind[0], state.first_seq);
  const beginning: Run = [first, Math.min(first + LOOK_BACK - 1, state.last_seq - LOOK_BACK)];
  for (const range of [behind, beginning]) {
    // Not only the newest: an event that was refused before the backup may be the newest, sent again
    // after it.
    for await (const page of newestFirst(bus, row.stream, tx.database.service, current, range)) {
      const envelopes = page.map(({ envelope }) => envelope);
      const known = await knownEvents(tx, envelopes);
      if (envelopes.some(({ id }) => id !== row.highestEventId && !known.has(id))) return behind;
    }
  }
  return null;
}

/**
 * Whether a range has no event of ours, or this outbox has published the newest of them where it
 * is. A restored outbox may hold an orphaned event, but unpublished.
 */
async function isRefuted(
  tx: Tx,
  bus: Bus,
  row: StreamRow,
  current: StreamEpoch,
  [first, last]: Run,
): Promise<boolean> {
  for await (const page of newestFirst(bus, row.stream, tx.database.service, current, [first, last])) {
    const newest = page.at(-1);
    if (newest === undefined) continue;
    const { at, envelope } = newest;
    if (envelope.id === row.highestEventId) return true;
    const published = await firstPublished(tx, row.stream, Number.MAX_SAFE_INTEGER, at, at + 1);
    return published?.eventId === envelope.id;
  }
  return last - first < LOOK_BACK;
}

/**
 * The events of a service between two sequences that are not known as orphaned, among the last
 * `LOOK_BACK` messages. The pages go backwards, each is in order.
 */
async function* newestFirst(
  bus: Bus,
  stream: string,
  service: string,
  current: StreamEpoch | null,
  [first, last]: Run,
): AsyncGenerator<Found[]> {
  const name = streamName(bus.namespace, stream);
  const orphans = current?.orphans ?? [];
  const from = Math.max(first, last - LOOK_BACK + 1);
  for (let end = last; end >= from; end -= AT_ONCE) {
    const found = await ours(bus.manager, name, service, [Math.max(from, end - AT_ONCE + 1), end]);
    yield found.filter(({ at }) => !holds(orphans, at));
  }
}

/** The streams that are ahead of this service's outbox. Throws while NATS is away. */
export async function streamsAhead(database: Database, bus: Bus): Promise<Ahead[]> {
  const rows = await database.inTransaction(readStreams);
  const epochs = await Promise.all(rows.map(({ stream }) => readEpoch(bus, stream)));
  return rows.flatMap(({ stream }, index) => {
    const between = epochs[index]?.ahead?.[database.service];
    return between === undefined ? [] : [{ stream, between }];
  });
}

/**
 * Finds the orphaned events of a stream that is ahead, and lets all consumers skip them. They then
 * read the whole stream again. Returns the sequences. May be repeated. Throws, without a change,
 * while NATS is away.
 */
export async function skipOrphansOf(
  database: Database,
  bus: Bus,
  { stream, between: [first, last] }: Ahead,
): Promise<Run[]> {
  const name = streamName(bus.namespace, stream);
  const { state } = await bus.manager.streams.info(name);
  const end = Math.min(last, state.last_seq);
  const orphaned: number[] = [];
  for (let from = Math.max(first, state.first_seq); from <= end; from += AT_ONCE) {
    const found = await ours(bus.manager, name, database.service, [from, Math.min(from + AT_ONCE - 1, end)]);
    const known = await database.inTransaction((tx) =>
      knownEvents(
        tx,
        found.map(({ envelope }) => envelope),
      ),
    );
    orphaned.push(...found.filter(({ envelope }) => !known.has(envelope.id)).map(({ at }) => at));
  }
  const runs = runsOf(orphaned);
  await skipOrphans(bus, stream, database.service, runs);
  return runs;
}

/** The events of a service between two sequences, in order. */
async function ours(
  manager: JetStreamManager,
  stream: string,
  service: string,
  [first, last]: Run,
): Promise<Found[]> {
  const sequences = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const found = await Promise.all(sequences.map((at) => eventAt(manager, stream, at)));
  return found.flatMap((event) => (event?.envelope.source === service ? [event] : []));
}

/** Undefined where a limit has removed the message, or it is no event. */
async function eventAt(manager: JetStreamManager, stream: string, at: number): Promise<Found | undefined> {
  try {
    const { header } = await manager.streams.getMessage(stream, { seq: at });
    return { at, envelope: fromHeaders((name) => header?.get(name)) };
  } catch (error) {
    const isNone = jetStreamCode(error) === NO_MESSAGE_FOUND || (error as Error).name === 'EnvelopeError';
    if (isNone) return undefined;
    throw error;
  }
}

/**
 * The ids among these events that the outbox holds. Published events leave it after
 * `OUTBOX_KEEP_DAYS`.
 */
async function knownEvents(tx: Tx, events: readonly Envelope[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const rows = await tx.rows<{ id: string }>(
    `SELECT outbox.event_id AS id
       FROM unnest($1::text[], $2::bigint[], $3::text[], $4::uuid[]) AS given (aggregate, sequence, type, id)
       JOIN outbox ON outbox.aggregate = given.aggregate AND outbox.sequence = given.sequence AND outbox.type = given.type
                  AND outbox.event_id = given.id`,
    [
      events.map(({ subject }) => subject),
      events.map(({ sequence }) => sequence),
      events.map(({ type }) => type),
      events.map(({ id }) => id),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}
