/**
 * SQL of verifying the seal. It reads whole tables in parts, at one moment. Reading must not fail
 * on tampered rows, because the verification looks for them.
 */
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Reader } from '#mixins/database/database.ts';
import { DIGEST, DIGESTS, SEALING_SESSION } from './seal.store.ts';
import type { RecordedHead, ShownPosting } from './seal-verify.ts';

/** A separate connection without time limits. */
export interface VerifyingClient extends Reader {
  run(sql: string): Promise<void>;
}

/** From now on all reads see one snapshot, while others go on posting. */
export async function beginReading(client: VerifyingClient): Promise<void> {
  await client.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.run('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
  await client.rows(`SELECT ${SEALING_SESSION}`);
}

/** Positions before and after all others. PostgreSQL reads these numbers as bigint. */
export const LOWEST = -(2 ** 62);
export const HIGHEST = 2 ** 62;

/** A part of the journal. */
export interface Part {
  /** In the form of the seal. */
  readonly digests: Buffer;
  readonly postings: number;
  readonly entries: number;
  /** Sum of the entries; an integer of any size. */
  readonly total: string;
  /** The first posting whose entries do not sum to zero. */
  readonly unbalanced: number | null;
  readonly days: readonly { readonly day: BusinessDay; readonly entries: number }[];
}

export async function readPart(reader: Reader, after: number, upTo: number): Promise<Part> {
  const [part] = await reader.rows<Part>(
    `WITH digest AS MATERIALIZED (${DIGEST})
     SELECT coalesce(${DIGESTS}, '') AS digests, count(*)::float8 AS postings, coalesce(sum(entries), 0)::float8 AS entries,
       coalesce(sum(total), 0)::text AS total, (min(position) FILTER (WHERE total <> 0))::float8 AS unbalanced,
       (SELECT coalesce(json_agg(json_build_object('day', business_day, 'entries', entries)), '[]') FROM (
         SELECT business_day, sum(entries) AS entries FROM digest WHERE business_day IS NOT NULL GROUP BY business_day
       ) AS by_day) AS days
     FROM digest`,
    [after, upTo],
  );
  if (part === undefined) throw new Error('An aggregate has no row');
  return part;
}

/** The last position of the next part; `HIGHEST` for the last part. */
export async function readPartEnd(reader: Reader, after: number, limit: number): Promise<number> {
  const [next] = await reader.rows<{ position: number }>(
    'SELECT id::float8 AS position FROM posting WHERE id > $1::bigint ORDER BY id OFFSET $2 LIMIT 1',
    [after, limit - 1],
  );
  return next?.position ?? HIGHEST;
}

/**
 * At most `limit` positions that the journal never drew and no block can cover. They are after the
 * last drawn position, or before the first part. They are text, because a position may be beyond
 * the safe integers.
 */
export async function readUndrawn(reader: Reader, limit: number): Promise<string[]> {
  const rows = await reader.rows<{ position: string }>(
    `WITH drawn AS (SELECT last_value AS last FROM posting_id_seq), undrawn AS (
       SELECT id AS position FROM posting WHERE id > (SELECT last FROM drawn) OR id <= $1::bigint
       UNION SELECT posting_id FROM entry WHERE posting_id > (SELECT last FROM drawn) OR posting_id <= $1::bigint
     )
     SELECT position::text AS position FROM undrawn ORDER BY undrawn.position LIMIT $2`,
    [LOWEST, limit],
  );
  return rows.map(({ position }) => position);
}

/** At most `limit` numbers of blocks that no chain can contain. `readBlock` skips them. */
export async function readStrayBlocks(reader: Reader, limit: number): Promise<string[]> {
  const rows = await reader.rows<{ block: string }>(
    `SELECT number::text AS block FROM seal WHERE number < 1 OR number > $1::bigint ORDER BY number LIMIT $2`,
    [Number.MAX_SAFE_INTEGER, limit],
  );
  return rows.map(({ block }) => block);
}

export function readClosedDays(reader: Reader): Promise<RecordedHead[]> {
  return reader.rows<RecordedHead>(
    `SELECT day::text AS day, head, entries::float8 AS entries FROM business_day WHERE closed_at IS NOT NULL ORDER BY day`,
  );
}

/** An account whose balance or number of entries differs from its entries. */
export interface WrongAccount {
  readonly id: number;
  /** Null if there are entries without an account. */
  readonly owner: string | null;
  readonly balance: string | null;
  readonly sum: string;
}

export interface Accounts {
  readonly accounts: number;
  /** At most `limit` accounts. */
  readonly wrong: readonly WrongAccount[];
}

/**
 * Reads all entries once. The accounts of the company and the bank (ids below 1000) have no
 * balance.
 */
export async function readAccounts(reader: Reader, limit: number): Promise<Accounts> {
  await reader.rows(
    `SELECT set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true)`,
  );
  const [count] = await reader.rows<{ accounts: number }>('SELECT count(*)::float8 AS accounts FROM account');
  const wrong = await reader.rows<WrongAccount>(
    `SELECT coalesce(account.id, summed.account_id)::float8 AS id, owner_type || '/' || owner_id AS owner, balance::text AS balance,
       coalesce(summed.total, 0)::text AS sum
     FROM account FULL JOIN (
       SELECT account_id, sum(amount) AS total, count(*) AS entries FROM entry GROUP BY account_id
     ) AS summed ON summed.account_id = account.id
     WHERE account.id IS NULL OR (account.id >= 1000 OR balance IS NOT NULL) AND (
       balance IS DISTINCT FROM coalesce(summed.total, 0) OR entry_count <> coalesce(summed.entries, 0)
     )
     ORDER BY 1 LIMIT $1`,
    [limit],
  );
  return { accounts: count?.accounts ?? 0, wrong };
}

/** Undefined if the posting does not exist. */
export async function readShownPosting(
  reader: Reader,
  position: number | string,
): Promise<ShownPosting | undefined> {
  const [posting] = await reader.rows<ShownPosting>(
    `SELECT public_id AS "publicId", key, kind, reference_title AS title, posting.business_day::text AS "businessDay",
       posted_at::text AS "postedAt",
       (SELECT coalesce(json_agg(json_build_object(
           'account', coalesce(owner_type || '/' || owner_id, account_id::text), 'amount', amount::text
         ) ORDER BY account_id DESC), '[]')
        FROM entry LEFT JOIN account ON account.id = account_id WHERE posting_id = posting.id) AS legs
     FROM posting WHERE id = $1::bigint`,
    [position],
  );
  return posting;
}
