/** Positions and waiting events of consumers in sequence. */
import type { Tx } from '../database/database.ts';
import { storableHeaders } from './dead-letters.store.ts';
import type { Message, StoredEvent } from './message.ts';

/** One active node: held until the transaction ends. */
export async function lockConsumer(tx: Tx, consumer: string): Promise<void> {
  await tx.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`consumer:${consumer}`]);
}

/** The last version handled of each of these aggregates, by `ce-subject`; one that was never met is missing. */
export async function positionsOf(
  tx: Tx,
  consumer: string,
  subjects: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.rows<{ subject: string; position: number }>(
    'SELECT subject, position FROM sequence_position WHERE consumer = $1 AND subject = ANY($2::text[])',
    [consumer, subjects],
  );
  return new Map(rows.map((row) => [row.subject, Number(row.position)]));
}

/** Moves positions forward, and removes waiting events that are behind them. */
export async function movePositions(
  tx: Tx,
  consumer: string,
  positions: ReadonlyMap<string, number>,
): Promise<void> {
  if (positions.size === 0) return;
  const bind = [consumer, [...positions.keys()], [...positions.values()]];
  await tx.run(
    `INSERT INTO sequence_position (consumer, subject, position)
     SELECT $1, subject, position FROM unnest($2::text[], $3::bigint[]) AS moved (subject, position)
     ON CONFLICT (consumer, subject) DO UPDATE SET position = excluded.position WHERE sequence_position.position < excluded.position`,
    bind,
  );
  await tx.run(
    `DELETE FROM waiting_event AS waiting USING unnest($2::text[], $3::bigint[]) AS moved (subject, position)
     WHERE waiting.consumer = $1 AND waiting.subject = moved.subject AND waiting.sequence <= moved.position`,
    bind,
  );
}

export interface EarlyEvent {
  readonly subject: string;
  readonly sequence: number;
  readonly message: Message;
}

/** Keeps events until their turn comes; an event that waits already stays as it is. */
export async function keepWaiting(tx: Tx, consumer: string, events: readonly EarlyEvent[]): Promise<void> {
  await tx.run(
    `INSERT INTO waiting_event (consumer, subject, sequence, stream, stream_sequence, headers, payload)
     SELECT $1, subject, sequence, stream, stream_sequence, headers::jsonb, payload
     FROM unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::bytea[])
       AS early (subject, sequence, stream, stream_sequence, headers, payload)
     ON CONFLICT (consumer, subject, sequence) DO NOTHING`,
    [
      consumer,
      events.map((event) => event.subject),
      events.map((event) => event.sequence),
      events.map((event) => event.message.stream),
      events.map((event) => event.message.streamSequence),
      events.map((event) => JSON.stringify(storableHeaders(event.message.headers()))),
      events.map((event) => Buffer.from(event.message.data)),
    ],
  );
}

/** How many events of the consumer wait for an earlier version. */
export async function countWaiting(tx: Tx, consumer: string): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(
    'SELECT count(*) AS count FROM waiting_event WHERE consumer = $1',
    [consumer],
  );
  return Number(row?.count ?? 0);
}

/**
 * Takes up, and counts, waiting events whose turn has come: of each aggregate those that follow its position without a gap. `subjects`
 * are the aggregates to look at, null for all: that reads every waiting row.
 */
export async function takeUpWaiting(
  tx: Tx,
  consumer: string,
  subjects: readonly string[] | null,
  limit: number,
): Promise<StoredEvent[]> {
  const rows = await tx.rows<{
    stream: string;
    stream_sequence: number;
    headers: Record<string, string>;
    payload: Buffer;
    deliveries: number;
  }>(
    `UPDATE waiting_event AS waiting SET deliveries = waiting.deliveries + 1
     FROM (
       SELECT subject, sequence FROM (
         SELECT waiting.subject, waiting.sequence, coalesce(position, 0) AS position,
           row_number() OVER (PARTITION BY waiting.subject ORDER BY waiting.sequence) AS place
         FROM waiting_event AS waiting LEFT JOIN sequence_position USING (consumer, subject)
         WHERE waiting.consumer = $1 AND ($3::text[] IS NULL OR waiting.subject = ANY($3::text[]))
       ) AS ranked
       WHERE sequence = position + place
       ORDER BY subject, sequence
       LIMIT $2
     ) AS due
     WHERE waiting.consumer = $1 AND waiting.subject = due.subject AND waiting.sequence = due.sequence
     RETURNING waiting.stream, waiting.stream_sequence, waiting.headers, waiting.payload, waiting.deliveries`,
    [consumer, limit, subjects],
  );
  return rows.map((row) => ({
    stream: row.stream,
    streamSequence: Number(row.stream_sequence),
    headers: row.headers,
    payload: row.payload,
    deliveries: row.deliveries,
  }));
}

/** Removes a waiting event; one that is not there is no error. */
export async function forgetWaiting(
  tx: Tx,
  consumer: string,
  subject: string,
  sequence: number,
): Promise<void> {
  await tx.run('DELETE FROM waiting_event WHERE consumer = $1 AND subject = $2 AND sequence = $3', [
    consumer,
    subject,
    sequence,
  ]);
}
