/**
 * Delivery progress: what shows that a service's commits have arrived at another service. It is a
 * position in the outbox, then in the stream, then in the consumers' durables.
 */
import type { Reader } from '#mixins/database/database.ts';
import type { Appended, Published } from '#schemas/reconciliation.ts';

/**
 * A visible fact has its event in the outbox, because both were committed together and positions
 * are drawn before commits.
 */
export async function readAppended(reader: Reader): Promise<Appended> {
  const [row] = await reader.rows<{ position: number; now: Date }>(
    'SELECT coalesce(max(position), 0) AS position, clock_timestamp() AS now FROM outbox',
  );
  if (row === undefined) throw new Error('One row was expected');
  return { position: row.position, now: row.now.toISOString() };
}

/**
 * Reads one snapshot: an event is marked as published together with the highest sequence of its
 * stream. An event that the broker refuses for good never arrives, so it does not count as under
 * way.
 */
export async function readPublished(reader: Reader, stream: string, position: number): Promise<Published> {
  const [row] = await reader.rows<Published>(
    `SELECT NOT EXISTS (
         SELECT FROM outbox WHERE position <= $2 AND published_at IS NULL AND refused_at IS NULL
       ) AS published,
       coalesce((SELECT epoch FROM outbox_stream WHERE stream = $1), 0) AS epoch,
       coalesce((SELECT highest_sequence FROM outbox_stream WHERE stream = $1), 0) AS sequence`,
    [stream, position],
  );
  if (row === undefined) throw new Error('One row was expected');
  return row;
}

/** The stream epoch that a durable has followed; undefined before its first start. */
export async function readFollowedEpoch(reader: Reader, durable: string): Promise<number | undefined> {
  const [row] = await reader.rows<{ epoch: number }>('SELECT epoch FROM consumer_epoch WHERE consumer = $1', [
    durable,
  ]);
  return row?.epoch;
}
