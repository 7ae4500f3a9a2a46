/** The relay's SQL. Every statement is bounded, however large the outbox is. */
import { prepared, type Tx } from '#mixins/database/database.ts';
import type { Cause } from '#schemas/envelope.ts';

/** An event to publish. */
export interface OutboxRow extends Cause {
  readonly position: number;
  readonly eventId: string;
  readonly stream: string;
  /** `<aggregate>/<id>` */
  readonly aggregate: string;
  readonly sequence: number;
  readonly type: string;
  readonly occurredAt: Date;
  readonly payload: Buffer;
}

/** How far a stream was filled from this outbox. Before the first event, its numbers are 0. */
export interface StreamRow {
  readonly stream: string;
  readonly epoch: number;
  readonly highestSequence: number;
  /**
   * The event at that sequence, which shows that the stream has not lost it; null where it is
   * unknown.
   */
  readonly highestEventId: string | null;
}

export interface Mark {
  readonly position: number;
  readonly sequence: number;
  readonly epoch: number;
}

export interface Refusal {
  readonly position: number;
  readonly reason: string;
}

/**
 * The relay's lock. Locks with two numbers do not collide with those with one. Each database has
 * its own.
 */
export const RELAY_LOCK: readonly number[] = [0x6f757462, 1];

/**
 * Takes the relay's lock until the end of the transaction. Returns false while another relay has
 * it.
 */
export async function tryLock(tx: Tx): Promise<boolean> {
  const [row] = await tx.rows<{ locked: boolean }>(TRY_LOCK, RELAY_LOCK);
  return row?.locked === true;
}

const TRY_LOCK = prepared('SELECT pg_try_advisory_xact_lock($1::int, $2::int) AS locked');

/** Unpublished events in the order of their appending, without those of these streams. */
export function readUnpublished(tx: Tx, limit: number, except: readonly string[]): Promise<OutboxRow[]> {
  return tx.rows<OutboxRow>(
    prepared(`SELECT position, event_id AS "eventId", stream, aggregate, sequence, type, occurred_at AS "occurredAt", payload,
            actor_id AS "actorId", actor_address AS "actorAddress", correlation_id AS "correlationId",
            causation_id AS "causationId", traceparent
       FROM outbox
      WHERE published_at IS NULL AND refused_at IS NULL AND stream <> ALL ($2::text[])
      ORDER BY position
      LIMIT $1::int`),
    [limit, except],
  );
}

/** Notes where the broker stored events. */
export async function markPublished(tx: Tx, marks: readonly Mark[]): Promise<void> {
  if (marks.length === 0) return;
  await tx.run(
    prepared(`UPDATE outbox
        SET published_at = clock_timestamp(), stream_sequence = mark.sequence, stream_epoch = mark.epoch
       FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS mark (position, sequence, epoch)
      WHERE outbox.position = mark.position`),
    [
      marks.map(({ position }) => position),
      marks.map(({ sequence }) => sequence),
      marks.map(({ epoch }) => epoch),
    ],
  );
}

/**
 * Notes events that the broker will never take, with its reason. Other events do not wait for them.
 */
export async function markRefused(tx: Tx, refusals: readonly Refusal[]): Promise<void> {
  if (refusals.length === 0) return;
  await tx.run(
    `UPDATE outbox
        SET refused_at = clock_timestamp(), refused_reason = refusal.reason
       FROM unnest($1::bigint[], $2::text[]) AS refusal (position, reason)
      WHERE outbox.position = refusal.position`,
    [refusals.map(({ position }) => position), refusals.map(({ reason }) => reason)],
  );
}

/**
 * How far each stream was filled from this outbox. The service's own stream is always included: a
 * new database may meet an old stream.
 */
export async function readStreams(tx: Tx): Promise<StreamRow[]> {
  const rows = await tx.rows<StreamRow>(
    prepared(`SELECT stream, epoch, highest_sequence AS "highestSequence", highest_event_id AS "highestEventId"
       FROM outbox_stream`),
  );
  const { service } = tx.database;
  return rows.some(({ stream }) => stream === service) ? rows : [emptyStream(service), ...rows];
}

/** Of a stream that no event of this outbox has reached. */
export function emptyStream(stream: string): StreamRow {
  return { stream, epoch: 0, highestSequence: 0, highestEventId: null };
}

/** Notes how far each stream was filled; the rows of other streams stay. */
export async function writeStreams(tx: Tx, rows: readonly StreamRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.run(UPSERT_STREAMS, [
    rows.map(({ stream }) => stream),
    rows.map(({ epoch }) => epoch),
    rows.map(({ highestSequence }) => highestSequence),
    rows.map(({ highestEventId }) => highestEventId),
  ]);
}

const UPSERT_STREAMS = prepared(
  `INSERT INTO outbox_stream (stream, epoch, highest_sequence, highest_event_id)
   SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::uuid[])
   ON CONFLICT (stream) DO UPDATE
      SET epoch = excluded.epoch, highest_sequence = excluded.highest_sequence, highest_event_id = excluded.highest_event_id`,
);

/** The schemas of these fingerprints that the database holds. */
export function readSchemas(
  tx: Tx,
  fingerprints: readonly string[],
): Promise<{ fingerprint: string; type: string; schema: string }[]> {
  return tx.rows('SELECT fingerprint, type, schema FROM outbox_schema WHERE fingerprint = ANY ($1::text[])', [
    fingerprints,
  ]);
}

/** An event that was published, and where. */
export interface PublishedRow {
  readonly eventId: string;
  readonly sequence: number;
}

/**
 * Sequences that one statement covers: some seconds at most, below the time limit of a statement.
 */
const PUT_BACK_AT_ONCE = 100_000;

/**
 * The first event that was stored in a stream at `from` ≤ sequence < `to`, in an epoch before this
 * one. The BRIN index keeps this fast.
 */
export async function firstPublished(
  tx: Tx,
  stream: string,
  epoch: number,
  from: number,
  to: number,
): Promise<PublishedRow | undefined> {
  const [row] = await tx.rows<PublishedRow>(
    `SELECT event_id AS "eventId", stream_sequence AS sequence
       FROM outbox
      WHERE stream_sequence >= $3::bigint AND stream_sequence < $4::bigint AND stream = $1 AND stream_epoch < $2::bigint
      ORDER BY stream_sequence
      LIMIT 1`,
    [stream, epoch, from, to],
  );
  return row;
}

/**
 * Makes events unpublished again: those from sequence `from` to `highest`, published in an epoch
 * before this one. Returns their number.
 */
export async function putBack(
  tx: Tx,
  stream: string,
  epoch: number,
  from: number,
  highest: number,
): Promise<number> {
  let count = 0;
  for (let first = from; first <= highest; first += PUT_BACK_AT_ONCE) {
    count += await tx.run(
      `UPDATE outbox
          SET published_at = NULL, stream_sequence = NULL, stream_epoch = NULL
        WHERE stream_sequence >= $3::bigint AND stream_sequence < $4::bigint AND stream = $1 AND stream_epoch < $2::bigint`,
      [stream, epoch, first, first + PUT_BACK_AT_ONCE],
    );
  }
  return count;
}
