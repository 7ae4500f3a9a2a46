/** The SQL of a stream that lost its tail. Every statement is bounded, however large the outbox is, with the help of the BRIN index. */
import type { Tx } from '../database/database.ts';

/** An event that was published, and where. */
export interface PublishedRow {
  readonly eventId: string;
  readonly sequence: number;
}

/** Sequences that one statement puts back: some seconds at most, below the limit of a statement. */
const PUT_BACK_AT_ONCE = 100_000;

/** The first event that was stored in a stream at `from` ≤ sequence < `to`, under an epoch before this one. */
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

/** Makes the events at sequences from `from` to `highest`, published under an epoch before this one, unpublished again; returns how many. */
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
