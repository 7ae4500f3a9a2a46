/**
 * Compares the outbox of a service with its streams before any consumer runs. A stream may be ahead
 * of a restored database. A consumer could then apply orphaned events in its first second, before
 * the service's relay has checked. Events that a stream lacks are only reported: the relay
 * publishes them again, but `NATS_URL` may also name another NATS.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { NatsError } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { streamExists } from '#mixins/bus/streams.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { SILENT } from '#mixins/log.ts';
import { streamName } from '#mixins/names.ts';
import { holdsLast, lookAtStream, type StreamLook } from '#mixins/outbox/lost-tail.ts';
import { findAhead, lookAhead } from '#mixins/outbox/orphans.ts';
import { readStreams, type StreamRow, tryLock } from '#mixins/outbox/outbox.store.ts';
import type { Config } from '../../config.ts';

/**
 * Time limit for NATS to answer, in milliseconds. Without an answer the comparison is left to the
 * relays.
 */
const CONNECT_WITHIN_MS = 5_000;

/**
 * A bus for reading the streams, to be stopped by the caller. Null where no NATS is configured or
 * none answers.
 */
export async function busForLooks(config: Config): Promise<Bus | null> {
  if (config.natsUrls.length === 0) return null;
  // The user of these URLs has all rights. A service's own user may not read everything.
  const bus = createBus({ ...config, serviceNatsUrls: {} }, SILENT, { observer: true });
  const started = bus.start().then(() => true);
  const connected = await Promise.race([
    started.catch(() => false),
    delay(CONNECT_WITHIN_MS, false, { ref: false }),
  ]);
  if (connected) return bus;
  await bus.stop();
  return null;
}

/**
 * Records beside a stream's epoch that the stream is ahead. Prints a line for each stream that
 * lacks events, or that has events while the outbox has none: then `DATABASE_URL` may name another
 * server, and a record would let the running system skip its own events. Changes nothing in the
 * database.
 */
export async function compareWithStreams(
  database: Database,
  bus: Bus,
  print: (line: string) => void,
): Promise<void> {
  await database.inTransaction(async (tx) => {
    // A running relay has already checked.
    if (!(await tryLock(tx))) return;
    const rows = await readStreams(tx);
    // The streams are read in parallel, so that one without an answer does not delay the others.
    const looks = await Promise.all(rows.map(({ stream }) => lookIfThere(bus, stream).catch(unanswered)));
    for (const [index, row] of rows.entries()) {
      const look = looks[index];
      if (look === undefined) continue;
      const difference = await compare(tx, bus, row, look).catch(unanswered);
      if (difference === undefined || difference === null) continue;
      print(DIFFERENCES[difference](database.service, streamName(bus.namespace, row.stream)));
    }
  });
}

/** Null where there is no such stream. */
async function lookIfThere(bus: Bus, stream: string): Promise<StreamLook | null> {
  const isThere = await streamExists(bus.manager, streamName(bus.namespace, stream));
  return isThere ? await lookAtStream(bus, stream) : null;
}

/** The relay checks again when the service starts. */
function unanswered(error: unknown): undefined {
  if (!(error instanceof NatsError)) throw error;
}

/** Returns what is to be printed. */
async function compare(
  tx: Tx,
  bus: Bus,
  row: StreamRow,
  look: StreamLook | null,
): Promise<keyof typeof DIFFERENCES | null> {
  if (look === null) return row.highestSequence === 0 ? null : 'lacking';
  const { current, stream } = look;
  if (!(await holdsLast(row, stream))) return 'lacking';
  if (current?.epoch !== row.epoch) return null;
  if (row.highestSequence === 0 && (await isOutboxEmpty(tx)))
    return (await findAhead(tx, bus, row, current, stream.state)) === null ? null : 'unknown';
  await lookAhead(tx, bus, row, current, stream.state);
  return null;
}

async function isOutboxEmpty(tx: Tx): Promise<boolean> {
  return (await tx.rows('SELECT FROM outbox LIMIT 1')).length === 0;
}

const DIFFERENCES = {
  lacking: (service: string, stream: string) =>
    `NATS lacks events that ${service} has published to ${stream}. If NATS_URL names another NATS than before, ` +
    'correct it before services start: they publish these events again',
  unknown: (service: string, stream: string) =>
    `${stream} has events of ${service}, whose database has none. If DATABASE_URL names another server than before, ` +
    'correct it before services start: they report that the database was restored, and consumers skip these events',
};
