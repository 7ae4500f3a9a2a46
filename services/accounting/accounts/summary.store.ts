/** Sums over the lines of an account, for clients. */
import type { Reader } from '#mixins/database/database.ts';
import type { AskedDays } from '../days/asked-days.query.ts';
import { PAYOUT } from '../days/payout.ts';
import { EMPLOYEE } from '../journal/journal.ts';
import { FEE, REWARD } from '../tasks/task-postings.ts';

/** Minor units. */
export interface Sums {
  readonly opening: number;
  readonly fees: number;
  readonly rewards: number;
  readonly payouts: number;
  /** Signed for the owner, like the balances. */
  readonly others: number;
  readonly closing: number;
}

/**
 * One statement reads all of it at one moment. It reads each line of the range once, and its
 * posting by its key: a join might read the whole journal.
 */
export async function readSums(reader: Reader, userId: string, { from, to }: AskedDays): Promise<Sums> {
  const [sums] = await reader.rows<Sums>(
    `WITH account AS (SELECT id FROM account WHERE owner_type = $1 AND owner_id = $2),
     line AS MATERIALIZED (
       SELECT amount, (SELECT kind FROM posting WHERE posting.id = posting_id) AS kind
       FROM account JOIN entry ON account_id = account.id
       WHERE account_sequence IS NOT NULL AND business_day BETWEEN $3::date AND $4::date
     )
     SELECT coalesce((SELECT balance_after ${LAST_LINE} AND business_day < $3::date ${NEWEST}), 0) AS opening,
       coalesce(-sum(amount) FILTER (WHERE kind = '${FEE}'), 0)::bigint AS fees,
       coalesce(sum(amount) FILTER (WHERE kind = '${REWARD}'), 0)::bigint AS rewards,
       coalesce(-sum(amount) FILTER (WHERE kind = '${PAYOUT}'), 0)::bigint AS payouts,
       coalesce(sum(amount) FILTER (WHERE kind NOT IN ('${FEE}', '${REWARD}', '${PAYOUT}')), 0)::bigint AS others,
       coalesce((SELECT balance_after ${LAST_LINE} AND business_day <= $4::date ${NEWEST}), 0) AS closing
     FROM line`,
    [EMPLOYEE, userId, from, to],
  );
  if (sums === undefined) throw new Error('One row was expected');
  return sums;
}

const LAST_LINE = 'FROM entry WHERE account_id = (SELECT id FROM account) AND account_sequence IS NOT NULL';
const NEWEST = 'ORDER BY business_day DESC, account_sequence DESC LIMIT 1';
