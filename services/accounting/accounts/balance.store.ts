/** Balances of the past. */
import type { Database } from '#mixins/database/database.ts';
import { EMPLOYEE } from '../journal/journal.ts';

export interface BalanceAt {
  /** Whether a user event or a posting has named the user. */
  readonly known: boolean;
  readonly balance: number;
  /** The time of the database's clock. */
  readonly now: Date;
}

/**
 * The balance after the last line booked by `at`; null means after the last line of all, even if
 * the clock was set back. Times are shown in milliseconds and stored in microseconds, so a line
 * counts from the millisecond that is shown for it.
 *
 * The lines of a day are booked after the day was opened. So the search begins at the newest day
 * open by then, and skips the lines of at most one day.
 */
export async function readBalanceAt(database: Database, userId: string, at: Date | null): Promise<BalanceAt> {
  const [row] = await database.rows<BalanceAt>(
    `SELECT user_copy.id IS NOT NULL AS known, coalesce(line.balance_after, 0) AS balance,
       date_trunc('milliseconds', clock_timestamp()) AS now
     FROM (SELECT $1::uuid AS id, coalesce($2::timestamptz + interval '1 ms', 'infinity') AS until) AS asked
     LEFT JOIN user_copy ON user_copy.id = asked.id
     LEFT JOIN account ON account.owner_type = $3 AND account.owner_id = asked.id
     LEFT JOIN LATERAL (
       SELECT balance_after FROM entry
       WHERE account_id = account.id AND account_sequence IS NOT NULL
         AND entry.business_day <= (SELECT day FROM business_day WHERE opened_at < until ORDER BY day DESC LIMIT 1)
         AND (SELECT posted_at FROM posting WHERE posting.id = posting_id) < until
       ORDER BY entry.business_day DESC, account_sequence DESC LIMIT 1
     ) AS line ON true`,
    [userId, at, EMPLOYEE],
  );
  return row ?? { known: false, balance: 0, now: new Date(Number.NaN) };
}
