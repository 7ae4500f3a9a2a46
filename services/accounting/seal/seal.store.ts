/**
 * SQL of the seal. A block must never pass a position at which a line may still appear. Positions
 * are drawn before their transactions commit, in any order: 11 may be committed while 10 is not.
 *
 * Transaction ids do not show which positions may still appear. A line's `xmin` below the
 * snapshot's oldest transaction does not: the younger transaction may have drawn the lower
 * position. The snapshot alone does not either: a transaction that has drawn a position may have no
 * id yet. Locks do:
 *
 * 1. The statement that inserts a posting draws its position (or the column's default does). It
 *    locks the table `posting` before it runs, until the end of the transaction.
 * 2. Positions rise. When one is visible, all lower ones were drawn. So their transactions hold
 *    that lock, or are over.
 * 3. A transaction's lines become visible before its locks are released.
 *
 * So the sealer reads the position up to which to seal, then reads who holds the lock. When none of
 * these transactions holds it any more, a new snapshot contains every line up to there. Later
 * transactions draw higher positions. A position may also be drawn in another statement and
 * inserted behind the seal: the trigger `entry_not_sealed` refuses it.
 */
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Reader, Tx } from '#mixins/database/database.ts';
import { type Block, GENESIS } from './seal.ts';
import type { RecordedHead } from './seal-verify.ts';

/**
 * The text of the journal must depend only on the journal. So the session fixes the format of dates
 * and times. Plans use primary keys whatever the statistics are. JIT is off: no plan is worth
 * compiling, but before PostgreSQL 18 the cost of the forced plans would trigger it.
 */
export const SEALING_SESSION = `set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, MDY', true),
  set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('jit', 'off', true)`;

/**
 * The postings after $1 up to $2, each with the SHA-256 of its text and that of its entries. An
 * entry without a posting has a text, too.
 *
 * This statement is frozen from the first release on, because a seal holds only for the text that
 * was sealed. A column that is added later needs a text of its own for later blocks.
 *
 * The text of an account's first line contains its owner. Otherwise a changed owner would take over
 * all lines without a change to any of them.
 */
export const DIGEST = `
  SELECT coalesce(posting.id, legs.posting_id) AS position, posting.business_day, coalesce(legs.entries, 0) AS entries,
    coalesce(legs.total, 0) AS total,
    sha256(convert_to(ROW(posting.id, public_id, key, kind, reference_type, reference_id, reference_title, reference_external_id,
      posting.business_day, occurred_at, posted_at, note, by_id, by_name)::text || coalesce(legs.text, ''), 'UTF8')) AS hash
  FROM (SELECT * FROM posting WHERE id > $1::bigint AND id <= $2::bigint) AS posting
  FULL JOIN (
    SELECT posting_id, count(*) AS entries, sum(amount) AS total,
      string_agg(ROW(account_id, amount, business_day, account_sequence, balance_after, CASE WHEN account_sequence = 1 THEN
        (SELECT owner_type || '/' || owner_id FROM account WHERE id = account_id) END)::text, '' ORDER BY account_id) AS text
    FROM entry WHERE posting_id > $1::bigint AND posting_id <= $2::bigint
    GROUP BY posting_id
  ) AS legs ON legs.posting_id = posting.id`;

/** All digests, in the form that a block stores. */
export const DIGESTS = `string_agg(int8send(position) || digest.hash, ''::bytea ORDER BY position)`;

/** The text of the columns that describe a block. It is part of the block's hash. */
const HEADER = 'ROW(number, last_position, postings, entries, sealed_at)::text';

/** Whether this transaction is now the only sealer, until it ends. */
export async function tryLockSealer(tx: Tx): Promise<boolean> {
  const [answer] = await tx.rows<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('accounting.seal', 0)) AS locked, ${SEALING_SESSION}`,
  );
  return answer?.locked === true;
}

/** The end of the chain. */
export interface Head {
  /** The number of the last block; 0 before the first. */
  readonly number: number;
  readonly lastPosition: number;
  readonly hash: Buffer;
}

export async function readHead(reader: Reader): Promise<Head> {
  const [head] = await reader.rows<Head>(
    'SELECT number, last_position AS "lastPosition", hash FROM seal ORDER BY number DESC LIMIT 1',
  );
  // The lowest number: no posting is before the first block.
  return head ?? { number: 0, lastPosition: Number.MIN_SAFE_INTEGER, hash: GENESIS };
}

/**
 * The position of the last of the next `limit` visible postings; null if there are none. A position
 * that somebody chose by hand counts only when the sequence has reached it. Otherwise everything up
 * to it would be behind the seal.
 */
export async function readNext(reader: Reader, after: number, limit: number): Promise<number | null> {
  const [next] = await reader.rows<{ position: number | null }>(
    `SELECT max(id) AS position FROM (
       SELECT id FROM posting WHERE id > $1::bigint AND id <= (SELECT last_value FROM posting_id_seq) ORDER BY id LIMIT $2
     ) AS next`,
    [after, limit],
  );
  return next?.position ?? null;
}

/**
 * The transactions that write to the journal at this moment. Other databases of the server do not
 * count.
 */
export async function readWriters(reader: Reader): Promise<string[]> {
  const rows = await reader.rows<{ writer: string }>(
    `SELECT DISTINCT virtualtransaction AS writer FROM pg_locks
     WHERE locktype = 'relation' AND relation = 'posting'::regclass AND mode = 'RowExclusiveLock' AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows.map(({ writer }) => writer);
}

/**
 * Seals the postings after the head up to a position, and returns their number. One statement does
 * it, so nothing leaves the database.
 */
export async function insertBlock(tx: Tx, head: Head, upTo: number): Promise<number> {
  const [block] = await tx.rows<{ postings: number }>(
    `WITH digest AS (${DIGEST}), block AS (
       SELECT $3::bigint AS number, max(position) AS last_position, count(*)::int AS postings, sum(entries)::int AS entries,
         clock_timestamp() AS sealed_at, ${DIGESTS} AS digests
       FROM digest
     )
     INSERT INTO seal (number, last_position, postings, entries, sealed_at, digests, hash)
     SELECT number, last_position, postings, entries, sealed_at, digests, sha256($4::bytea || convert_to(${HEADER}, 'UTF8') || digests)
     FROM block
     RETURNING postings`,
    [head.lastPosition, upTo, head.number + 1, head.hash],
  );
  return block?.postings ?? 0;
}

/**
 * The next block of the chain after a number. Blocks beyond the safe integers are not part of it.
 * The session must have the sealer's settings, because the header is text.
 */
export async function readBlock(reader: Reader, after: number): Promise<Block | undefined> {
  const [block] = await reader.rows<Block>(
    `SELECT number::float8 AS number, ${HEADER} AS header, digests, hash FROM seal
     WHERE number > $1::bigint AND number <= $2::bigint ORDER BY number LIMIT 1`,
    [after, Number.MAX_SAFE_INTEGER],
  );
  return block;
}

/** The head covers all entries of the day. */
export type SealedHead = Pick<RecordedHead, 'head' | 'entries'>;

/**
 * The head of a day whose payouts are all booked. It is null until all entries of the day are
 * sealed; the close waits for that. Only the unsealed part of the journal is read.
 */
export async function sealedHead(reader: Reader, businessDay: BusinessDay): Promise<SealedHead | null> {
  const head = await readHead(reader);
  const [day] = await reader.rows<{ open: boolean; entries: number }>(
    `SELECT EXISTS (SELECT FROM posting WHERE id > $2::bigint AND business_day = $1::date) AS open,
       (SELECT coalesce(2 * sum(lines), 0)::bigint FROM day_total WHERE business_day = $1::date) AS entries`,
    [businessDay, head.lastPosition],
  );
  if (day === undefined || day.open) return null;
  return { head: head.hash.toString('hex'), entries: day.entries };
}
