/** Requests of other services for mails (set-based). */
import type { Database, Tx } from '#mixins/database/database.ts';
import { defineRowSet } from '#mixins/database/row-set.ts';
import { isDue } from '#mixins/loops/item-dead-letters.ts';
import { REQUESTS } from '../mails/items.ts';
import type { MailRequest } from './mail-request.ts';

export interface ReceivedRequest extends MailRequest {
  /** The position in the stream, which is the order of the requests. */
  readonly streamSequence: number;
}

/**
 * Stores requests without a mail, each at its first position in the stream. An event that repeats a
 * request under another event id changes nothing, in whatever order the two arrive. Returns the
 * number of stored or moved requests.
 */
export function keepRequests(tx: Tx, requests: readonly ReceivedRequest[]): Promise<number> {
  return tx.run(
    `INSERT INTO request (${REQUEST_ROWS.columns})
     SELECT DISTINCT ON (request_id) * FROM ${REQUEST_ROWS.from('asked')}
     WHERE NOT EXISTS (SELECT FROM mail WHERE request_key = asked.request_id::text)
       AND NOT EXISTS (SELECT FROM past_mail WHERE request_key = asked.request_id::text)
     ORDER BY request_id, stream_sequence
     ON CONFLICT ON CONSTRAINT request_pk DO UPDATE
     SET stream_sequence = excluded.stream_sequence, requested_at = excluded.requested_at, recipient = excluded.recipient,
       recipient_name = excluded.recipient_name, locale = excluded.locale, subject = excluded.subject, body = excluded.body,
       template = excluded.template, data = excluded.data, sealed = excluded.sealed, event_id = excluded.event_id, correlation_id = excluded.correlation_id,
       traceparent = excluded.traceparent
     WHERE request.stream_sequence > excluded.stream_sequence`,
    REQUEST_ROWS.bind(requests),
  );
}

const REQUEST_ROWS = defineRowSet<ReceivedRequest>({
  request_id: ['uuid', ({ requestId }) => requestId],
  stream_sequence: ['bigint', ({ streamSequence }) => streamSequence],
  requested_at: ['timestamptz', ({ requestedAt }) => requestedAt],
  recipient: ['text', ({ recipient }) => recipient],
  recipient_name: ['text', ({ recipientName }) => recipientName],
  locale: ['text', ({ locale }) => locale],
  subject: ['text', ({ subject }) => subject],
  body: ['text', ({ body }) => body],
  template: ['text', ({ template }) => template],
  data: ['text', ({ data }) => data],
  sealed: ['text', ({ sealed }) => sealed],
  event_id: ['uuid', ({ eventId }) => eventId],
  correlation_id: ['text', ({ correlationId }) => correlationId],
  traceparent: ['text', ({ traceparent }) => traceparent],
});

/** A condition on the table `request`. */
const DUE = isDue(REQUESTS, 'request.request_id::text');

/** Whether requests are due. It reads the primary, because a replica may not have them yet. */
export async function hasRequests(database: Database): Promise<boolean> {
  const rows = await database.inTransaction((tx) => tx.rows(`SELECT FROM request WHERE ${DUE} LIMIT 1`));
  return rows.length > 0;
}

/**
 * Lets one node at a time turn requests into mails, so that positions in the queue follow their
 * order. Returns false if another node does it now.
 */
export async function tryLockRequests(tx: Tx): Promise<boolean> {
  const [row] = await tx.rows<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('mailer requests', 0)) AS locked`,
  );
  return row?.locked ?? false;
}

const COLUMNS = `request_id AS "requestId", stream_sequence AS "streamSequence", requested_at AS "requestedAt", recipient,
  recipient_name AS "recipientName", locale, subject, body, template, data, sealed, event_id AS "eventId",
  correlation_id AS "correlationId", traceparent`;

/**
 * Takes the first requests in stream order, up to `floor` or up to the newest that has waited for
 * `overdueMs`. Requests that are missing before that one no longer delay it.
 */
export function takeRequests(
  tx: Tx,
  floor: number,
  overdueMs: number,
  limit: number,
): Promise<ReceivedRequest[]> {
  return tx.rows<ReceivedRequest>(
    `DELETE FROM request WHERE request_id IN (
       SELECT request_id FROM request
       WHERE stream_sequence <= greatest($1::bigint,
         (SELECT max(stream_sequence) FROM request WHERE received_at < now() - $2 * interval '1 millisecond')) AND ${DUE}
       ORDER BY stream_sequence, request_id LIMIT $3
     )
     RETURNING ${COLUMNS}`,
    [floor, overdueMs, limit],
  );
}

/** Takes one request, whatever its position. Undefined if it is gone. */
export async function takeRequest(tx: Tx, id: string): Promise<ReceivedRequest | undefined> {
  const sql = `DELETE FROM request WHERE request_id = $1::uuid RETURNING ${COLUMNS}`;
  const [request] = await tx.rows<ReceivedRequest>(sql, [id]);
  return request;
}
