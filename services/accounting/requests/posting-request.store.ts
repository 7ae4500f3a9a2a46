/** Outcomes of requested postings. */
import type { Tx } from '#mixins/database/database.ts';
import type { FreePosting } from '../journal/free-postings.ts';
import type { PostingRequest, Refusal } from './requested-posting.ts';

export interface JudgedRequest {
  readonly request: PostingRequest;
  /** Null if the request is booked. */
  readonly refusal: Refusal | null;
  /** Null if the request is refused. */
  readonly posting: FreePosting | null;
}

/** Returns which of these requests were booked or refused before. */
export async function settledRequests(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT wanted.id FROM unnest($1::uuid[]) AS wanted (id)
     CROSS JOIN LATERAL (SELECT FROM posting_request WHERE posting_request.id = wanted.id LIMIT 1) AS known`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * There is no `ON CONFLICT`. An existing row means that another batch has settled the request, so
 * this batch is rolled back and retried.
 */
export async function insertRequests(tx: Tx, judged: readonly JudgedRequest[]): Promise<void> {
  // All batches insert in id order. So two batches with the same requests cannot deadlock.
  const sorted = [...judged].sort((a, b) => (a.request.data.requestId < b.request.data.requestId ? -1 : 1));
  await tx.run(
    `INSERT INTO posting_request (id, requested_by, refusal_code, refusal_reason)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])`,
    [
      sorted.map(({ request }) => request.data.requestId),
      sorted.map(({ request }) => request.source),
      sorted.map(({ refusal }) => refusal?.code ?? null),
      sorted.map(({ refusal }) => refusal?.reason ?? null),
    ],
  );
}
