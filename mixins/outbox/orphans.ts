/**
 * Orphaned events: they are in a stream under our name, but our outbox does not know them. The database was restored to an older state than
 * NATS. Every event that we publish is in the outbox before, so there is no other way. Consumers would apply what our database
 * does not tell of any more. An operator lets them skip these events (docs/runbook.md).
 */
import type { JetStreamManager } from 'nats';
import { fromHeaders } from '../../schemas/cloud-events.ts';
import type { Envelope } from '../../schemas/envelope.ts';
import type { Bus } from '../bus/bus.ts';
import { noteAhead, readEpoch, type StreamEpoch, skipOrphans } from '../bus/epochs.ts';
import { holds, type Run, runsOf } from '../bus/runs.ts';
import { jetStreamCode } from '../bus/streams.ts';
import type { Database, Tx } from '../database/database.ts';
import { streamName } from '../names.ts';
import { knownEvents } from './orphans.store.ts';
import { readStreams, type StreamRow } from './outbox.store.ts';

const NO_MESSAGE = 10037;
/** Messages that are asked for side by side. */
const AT_ONCE = 50;
/** From the end of a stream, so many messages are looked through for one of ours: others' are between them where they request something. */
const LOOK_BACK = 1_000;

/** A stream that holds orphaned events of a service, and between which sequences it may. */
export interface Ahead {
  readonly stream: string;
  readonly between: Run;
}

interface Found {
  readonly at: number;
  readonly envelope: Envelope;
}

/**
 * Whether a stream is ahead of its outbox, and between which sequences; null when it is not. Notes it beside the stream's epoch, because it
 * can be seen only before anything else is published. To be called in the transaction that holds the relay's lock.
 */
export async function lookAhead(
  tx: Tx,
  bus: Bus,
  { stream, highestSequence }: StreamRow,
  current: StreamEpoch,
  last: number,
): Promise<Run | null> {
  const { service } = tx.database;
  const noted = current.ahead?.[service];
  if (noted !== undefined) return noted;
  const name = streamName(bus.namespace, stream);
  const from = Math.max(highestSequence + 1, last - LOOK_BACK + 1);
  for (let end = last; end >= from; end -= AT_ONCE) {
    const found = await ours(bus.manager, name, service, [Math.max(from, end - AT_ONCE + 1), end]);
    const newest = found.findLast(({ at }) => !holds(current.orphans ?? [], at));
    if (newest === undefined) continue;
    if ((await knownEvents(tx, [newest.envelope])).size > 0) return null;
    const between: Run = [highestSequence + 1, last];
    await noteAhead(bus, stream, service, between);
    return between;
  }
  return null;
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
 * Finds the orphaned events of a stream that is ahead and lets all consumers skip them; then they read the whole stream again. Returns the
 * sequences. May be repeated. Throws while NATS is away, and then nothing has changed.
 */
export async function skipOrphansOf(
  database: Database,
  bus: Bus,
  { stream, between: [first, last] }: Ahead,
): Promise<Run[]> {
  const name = streamName(bus.namespace, stream);
  const orphaned: number[] = [];
  for (let from = first; from <= last; from += AT_ONCE) {
    const found = await ours(bus.manager, name, database.service, [from, Math.min(from + AT_ONCE - 1, last)]);
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

/** Undefined: a limit has removed the message, or it is no event. */
async function eventAt(manager: JetStreamManager, stream: string, at: number): Promise<Found | undefined> {
  try {
    const { header } = await manager.streams.getMessage(stream, { seq: at });
    return { at, envelope: fromHeaders((name) => header?.get(name)) };
  } catch (error) {
    if (jetStreamCode(error) === NO_MESSAGE || (error as Error).name === 'EnvelopeError') return undefined;
    throw error;
  }
}
