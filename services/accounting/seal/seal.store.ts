/**
 * SQL of the seal. Blocks must never pass a position at which a line may still appear, and positions are drawn before their transactions
 * commit, in any order: 11 may be committed while 10 is not. Neither a line's `xmin` below the snapshot's oldest transaction tells (the
 * younger transaction may have drawn the lower position), nor the snapshot alone (one that has drawn may have no id yet). Locks do:
 *
 * 1. A position is drawn by the statement that inserts it (or is the column's default), and that statement locks the table `posting`
 *    before it runs. The lock is kept to the end of the transaction.
 * 2. Positions rise. When one can be seen, all lower ones were drawn, so their transactions hold that lock, or are over.
 * 3. A transaction's lines can be seen before its locks are released.
 *
 * Hence: look for the position up to which to seal, then note who holds the lock; when none of those does any more, a new snapshot shows
 * every line up to there that there will ever be. Whoever came later draws higher positions. (What draws a position in another statement
 * and inserts it behind the seal is refused by the trigger `entry_not_sealed`.)
 */
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Reader, Tx } from '#mixins/database/database.ts';
import { type Block, GENESIS } from './seal.ts';

/**
 * The journal's text depends on nothing but the journal: the session shows dates and times in one way. Plans go by primary keys
 * whatever the statistics say; none is worth compiling, though those that must scan cost enough for that before PostgreSQL 18.
 */
export const SEALING_SESSION = `set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, MDY', true),
  set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('jit', 'off', true)`;

/**
 * The postings behind $1 up to $2, each with the SHA-256 of its text and that of its entries. From the first release on it is frozen: a seal
 * holds only over the text that was sealed. A column that is added later needs a text of its own for the blocks from then on. An entry without
 * a posting has a text, too. The first line of an account tells its owner: who gave the account to another would give all its lines, and
 * change none.
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

/** All digests as a block keeps them. */
export const DIGESTS = `string_agg(int8send(position) || digest.hash, ''::bytea ORDER BY position)`;

/** What describes a block, in its hash. */
const HEADER = 'ROW(number, last_position, postings, entries, sealed_at)::text';

/** Whether this transaction is now the one sealer of the system, until it ends. */
export async function tryLockSealer(tx: Tx): Promise<boolean> {
  const [answer] = await tx.rows<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('accounting.seal', 0)) AS locked, ${SEALING_SESSION}`,
  );
  return answer?.locked === true;
}

/** The end of the chain. */
export interface Head {
  /** Of the last block; 0 before the first. */
  readonly number: number;
  readonly lastPosition: number;
  readonly hash: Buffer;
}

export async function readHead(reader: Reader): Promise<Head> {
  const [head] = await reader.rows<Head>(
    'SELECT number, last_position AS "lastPosition", hash FROM seal ORDER BY number DESC LIMIT 1',
  );
  // The lowest there is: nothing stands before the first block.
  return head ?? { number: 0, lastPosition: Number.MIN_SAFE_INTEGER, hash: GENESIS };
}

/**
 * The position of the last of the next `limit` postings that can be seen; null without any. A position that was not drawn (someone chose
 * it) counts only when the sequence has come there: everything up to it would be behind the seal.
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

/** The transactions that write to the journal at this moment. Other databases of the server do not count. */
export async function readWriters(reader: Reader): Promise<string[]> {
  const rows = await reader.rows<{ writer: string }>(
    `SELECT DISTINCT virtualtransaction AS writer FROM pg_locks
     WHERE locktype = 'relation' AND relation = 'posting'::regclass AND mode = 'RowExclusiveLock' AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows.map(({ writer }) => writer);
}

/** Seals what stands behind the head up to a position; returns how many postings. All of it in one statement, nothing leaves the database. */
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
 * The next block of the chain behind a number; one beyond the safe integers is none of it. The session must be the sealer's: the header is
 * text.
 */
export async function readBlock(reader: Reader, after: number): Promise<Block | undefined> {
  const [block] = await reader.rows<Block>(
    `SELECT number::float8 AS number, ${HEADER} AS header, digests, hash FROM seal
     WHERE number > $1::bigint AND number <= $2::bigint ORDER BY number LIMIT 1`,
    [after, Number.MAX_SAFE_INTEGER],
  );
  return block;
}

export interface SealedHead {
  /** Head of the hash chain, in hex: it covers all entries of the day. */
  readonly head: string;
  /** How many entries the day has. */
  readonly entries: number;
}

/**
 * The head of a day whose payouts are all booked; null until all its entries are sealed, and the close waits for that. Only the part of the
 * journal that is not sealed yet is looked through.
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
