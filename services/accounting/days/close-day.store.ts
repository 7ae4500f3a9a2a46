/** SQL of the close of business days. */
import type { BusinessDay } from '#mixins/calendar.ts';
import { prepared, type Tx } from '#mixins/database/database.ts';
import type { Cause } from '#schemas/envelope.ts';
import { EMPLOYEE } from '../journal/journal.ts';
import type { SealedHead } from '../seal/seal.store.ts';
import type { ClosedDay } from './day-closed.ts';
import { ENDED_DAY_COLUMNS } from './payout.store.ts';
import type { EndedDay } from './payout.ts';

/** The name of the loop that closes days, as in its dead letters. */
export const CLOSE = 'accounting-close';

/** Key of the advisory lock that makes one closer active in this database. */
const CLOSER_LOCK = "hashtextextended('accounting.close', 0)";

/**
 * Whether this transaction is now the only closer, until it ends. Its statements must use indexes.
 * With the statistics of a table that has just grown, each chunk would scan the whole table.
 */
export async function tryLockCloser(tx: Tx): Promise<boolean> {
  const [answer] = await tx.rows<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(${CLOSER_LOCK}) AS locked,
       set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true),
       set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`,
  );
  return answer?.locked === true;
}

/** Waits until no closer works. None begins before this transaction ends. */
export async function lockCloser(tx: Tx): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock(${CLOSER_LOCK})`);
}

export interface DayToClose extends EndedDay {
  /** All accounts up to this one are settled. */
  readonly settledAccountId: number;
  /** Whether all accounts are settled. */
  readonly settled: boolean;
}

/** The oldest day that has ended and is not closed. So missed closes are made up for in order. */
export async function oldestUnclosed(tx: Tx): Promise<DayToClose | undefined> {
  const [row] = await tx.rows<DayToClose>(
    prepared(`SELECT ${ENDED_DAY_COLUMNS}, settled_account_id AS "settledAccountId", settled_at IS NOT NULL AS settled
     FROM business_day WHERE closed_at IS NULL AND ended_at IS NOT NULL ORDER BY business_day.day LIMIT 1`),
  );
  return row;
}

/** An account to which the day owes its balance. */
export interface DueAccount {
  readonly id: number;
  /** Known or unknown. */
  readonly ownerId: string;
}

export interface Scan {
  /** The last account of the chunk; null if there are no more. */
  readonly lastAccountId: number | null;
  /** The due accounts of the chunk, in id order. */
  readonly due: readonly DueAccount[];
  /** Due accounts after the chunk, in id order. */
  readonly ahead: readonly DueAccount[];
  /** Sum of the debts at the end of the day, positive. */
  readonly debts: number;
  /** The number of people with these debts. */
  readonly debtors: number;
  /**
   * Sum of the positive balances that the day leaves to later days, because their owners are
   * unknown.
   */
  readonly unpaid: number;
}

/**
 * How many accounts after the chunk are searched for due ones, as a multiple of the most that are
 * taken. A pass takes 30 ms and more, and a batch of postings keeps its accounts locked for some
 * 150 ms (measured). With this distance, such a batch has nearly always ended when the chunk
 * reaches its accounts.
 */
const REACH = 5;

/**
 * Reads a chunk of the next accounts in id order, and up to `ahead` due accounts after it. One
 * statement reads them at one moment. An account without a later line still has its balance of the
 * end of the day. For the others, the last line up to then has the balance, and it no longer
 * changes.
 */
export async function scanAccounts(
  tx: Tx,
  { day, settledAccountId }: DayToClose,
  limit: number,
  ahead: number,
): Promise<Scan> {
  const [scan] = await tx.rows<Scan>(SCAN, [day, settledAccountId, limit, EMPLOYEE, ahead, ahead * REACH]);
  return scan ?? { lastAccountId: null, due: [], ahead: [], debts: 0, debtors: 0, unpaid: 0 };
}

const SCAN = prepared(`
  WITH chunk AS MATERIALIZED (
    SELECT id, owner_type, owner_id, balance, last_day FROM account WHERE id > $2 ORDER BY id LIMIT $3
  ), ended AS (
    SELECT id, owner_id, last_day <= $1::date AS untouched,
      CASE WHEN last_day > $1::date THEN before.balance_after ELSE balance END AS balance
    FROM chunk LEFT JOIN LATERAL (
      SELECT balance_after FROM entry
      WHERE chunk.last_day > $1::date AND account_id = chunk.id AND business_day <= $1::date
        AND account_sequence IS NOT NULL
      ORDER BY business_day DESC, account_sequence DESC LIMIT 1
    ) AS before ON true
    WHERE owner_type = $4
  ), next AS (
    SELECT id, owner_type, owner_id, balance, last_day FROM account
    WHERE id > (SELECT max(id) FROM chunk) ORDER BY id LIMIT $6
  ), ahead AS (
    SELECT id, owner_id FROM next WHERE owner_type = $4 AND last_day <= $1::date AND balance > 0 LIMIT $5
  )
  SELECT (SELECT max(id) FROM chunk) AS "lastAccountId",
    coalesce(json_agg(json_build_object('id', id, 'ownerId', owner_id) ORDER BY id) FILTER (WHERE untouched AND balance > 0), '[]') AS due,
    (SELECT coalesce(json_agg(json_build_object('id', id, 'ownerId', owner_id) ORDER BY id), '[]') FROM ahead) AS ahead,
    coalesce(-sum(balance) FILTER (WHERE balance < 0), 0)::bigint AS debts,
    count(*) FILTER (WHERE balance < 0) AS debtors,
    coalesce(sum(balance) FILTER (WHERE NOT untouched AND balance > 0), 0)::bigint AS unpaid
  FROM ended`);

/**
 * Sum of the positive balances of these accounts at the end of the day, in minor units. The
 * accounts were due, and were not paid under their locks.
 */
export async function readUnpaid(tx: Tx, day: BusinessDay, accountIds: readonly number[]): Promise<number> {
  if (accountIds.length === 0) return 0;
  const [row] = await tx.rows<{ unpaid: number }>(
    `SELECT coalesce(sum(balance_after) FILTER (WHERE balance_after > 0), 0)::bigint AS unpaid
     FROM unnest($1::bigint[]) AS left_over (account_id)
     CROSS JOIN LATERAL (
       SELECT balance_after FROM entry
       WHERE entry.account_id = left_over.account_id AND business_day <= $2::date AND account_sequence IS NOT NULL
       ORDER BY business_day DESC, account_sequence DESC LIMIT 1
     ) AS before`,
    [accountIds, day],
  );
  return row?.unpaid ?? 0;
}

/**
 * Moves the day's cursor past a chunk, or past an account that cannot be paid. Debtors are counted
 * as long as no node of an older release has moved the cursor without counting them.
 */
export async function recordSettled(
  tx: Tx,
  day: BusinessDay,
  lastAccountId: number,
  { debts, debtors, unpaid }: Pick<Scan, 'debts' | 'debtors' | 'unpaid'>,
): Promise<void> {
  await tx.run(
    `UPDATE business_day SET settled_account_id = $2, carried_over = carried_over + $3, unpaid = unpaid + $4,
       debtors = CASE WHEN debtors_account_id = settled_account_id THEN debtors + $5 ELSE debtors END,
       debtors_account_id = CASE WHEN debtors_account_id = settled_account_id THEN $2 ELSE debtors_account_id END
     WHERE day = $1::date AND settled_account_id < $2::bigint`,
    [day, lastAccountId, debts, unpaid, debtors],
  );
}

/** Records that the last payout of the day is booked. */
export async function markSettled(tx: Tx, day: BusinessDay): Promise<void> {
  await tx.run('UPDATE business_day SET settled_at = clock_timestamp() WHERE day = $1::date', [day]);
}

/**
 * Closes the day for good. Its sums move from the shards to its row: that of the other postings by
 * the trigger `day_total_keep_others`.
 */
export async function markClosed(
  tx: Tx,
  day: BusinessDay,
  { head, entries }: SealedHead,
): Promise<ClosedDay> {
  const [closed] = await tx.rows<ClosedDay>(
    `WITH summed AS (DELETE FROM day_total WHERE business_day = $1::date RETURNING *), total AS (
       SELECT coalesce(sum(fees), 0) AS fees, coalesce(sum(rewards), 0) AS rewards, coalesce(sum(payouts), 0) AS payouts,
         coalesce(sum(total_paid), 0) AS total_paid
       FROM summed
     )
     UPDATE business_day SET fees = total.fees, rewards = total.rewards, payouts = total.payouts,
       total_paid = total.total_paid, head = $2, entries = $3, closed_at = clock_timestamp()
     FROM total WHERE day = $1::date AND closed_at IS NULL
     RETURNING day::text AS "businessDay", business_day.fees, business_day.rewards, business_day.payouts,
       business_day.total_paid AS "totalPaid", carried_over AS "carriedOver", entries, head, closed_at AS "closedAt"`,
    [day, head, entries],
  );
  if (closed === undefined) throw new Error(`Business day ${day} is closed already`);
  return closed;
}

/** Whether a day is closed; undefined for a day that was never opened. */
export async function readClosed(tx: Tx, day: BusinessDay): Promise<boolean | undefined> {
  const [row] = await tx.rows<{ closed: boolean }>(
    'SELECT closed_at IS NOT NULL AS closed FROM business_day WHERE day = $1::date',
    [day],
  );
  return row?.closed;
}

/** Records who ended a day by hand. This is the cause of everything that follows. */
export async function recordWhoEnded(tx: Tx, day: BusinessDay, cause: Cause): Promise<void> {
  await tx.run(
    `UPDATE business_day SET ended_by_id = $2, ended_by_address = $3, correlation_id = $4, traceparent = $5
     WHERE day = $1::date`,
    [day, cause.actorId, cause.actorAddress, cause.correlationId, cause.traceparent],
  );
}
