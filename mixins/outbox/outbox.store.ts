/** The relay's SQL. */
import type { Cause } from '../../schemas/envelope.ts';
import type { Tx } from '../database/database.ts';
import { prepared } from '../database/prepared.ts';

/** An event that waits for its publishing. */
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

/** What is kept of a stream. `epoch` and `highestSequence` are 0 for one that nothing was published to. */
export interface StreamRow {
  readonly stream: string;
  readonly epoch: number;
  readonly highestSequence: number;
  /** The event that was stored there, to recognise it by; null where that is not known. */
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

/** Advisory locks are of one database; two numbers are a space of their own, apart from the locks of one number. */
const LOCK = [0x6f757462, 1];

/** Whether this transaction is the one relay now; held until its end. */
export async function tryLock(tx: Tx): Promise<boolean> {
  const [row] = await tx.rows<{ locked: boolean }>(TRY_LOCK, LOCK);
  return row?.locked === true;
}

const TRY_LOCK = prepared('SELECT pg_try_advisory_xact_lock($1::int, $2::int) AS locked');

/** Unpublished events in the order in which they were appended, without those of streams that can't take them now. */
export function readUnpublished(tx: Tx, limit: number, except: readonly string[]): Promise<OutboxRow[]> {
  return tx.rows<OutboxRow>(
    `SELECT position, event_id AS "eventId", stream, aggregate, sequence, type, occurred_at AS "occurredAt", payload,
            actor_id AS "actorId", actor_address AS "actorAddress", correlation_id AS "correlationId",
            causation_id AS "causationId", traceparent
       FROM outbox
      WHERE published_at IS NULL AND refused_at IS NULL AND stream <> ALL ($2::text[])
      ORDER BY position
      LIMIT $1::int`,
    [limit, except],
  );
}

/** Writes down where in their streams events are, as the broker acknowledged them. */
export async function markPublished(tx: Tx, marks: readonly Mark[]): Promise<void> {
  if (marks.length === 0) return;
  await tx.run(
    `UPDATE outbox
        SET published_at = clock_timestamp(), stream_sequence = mark.sequence, stream_epoch = mark.epoch
       FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS mark (position, sequence, epoch)
      WHERE outbox.position = mark.position`,
    [
      marks.map(({ position }) => position),
      marks.map(({ sequence }) => sequence),
      marks.map(({ epoch }) => epoch),
    ],
  );
}

/** Sets aside events that the broker will never take, with its reason. */
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

/** How far each stream was filled from this outbox. */
export function readStreams(tx: Tx): Promise<StreamRow[]> {
  return tx.rows<StreamRow>(
    `SELECT stream, epoch, highest_sequence AS "highestSequence", highest_event_id AS "highestEventId"
       FROM outbox_stream`,
  );
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

/** The schemas of these fingerprints, as far as they are kept. */
export function readSchemas(
  tx: Tx,
  fingerprints: readonly string[],
): Promise<{ fingerprint: string; type: string; schema: string }[]> {
  return tx.rows('SELECT fingerprint, type, schema FROM outbox_schema WHERE fingerprint = ANY ($1::text[])', [
    fingerprints,
  ]);
}
