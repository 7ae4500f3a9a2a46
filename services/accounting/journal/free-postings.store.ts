/** Sums of the free postings. */
import type { Tx } from '#mixins/database/database.ts';
import type { FreeTotals } from './free-postings.ts';

/**
 * What counts against the bounds of free postings at this moment. Postings of open transactions are
 * not included.
 */
export async function readFreeTotals(tx: Tx): Promise<FreeTotals> {
  const [totals] = await tx.rows<FreeTotals>(
    `WITH settled AS (
       SELECT day, carried_over, unpaid FROM business_day WHERE settled_at IS NOT NULL ORDER BY day DESC LIMIT 1
     )
     SELECT (coalesce(sum(income), 0) + coalesce((SELECT unpaid FROM settled), 0))::bigint AS income,
       (coalesce(sum(expense) FILTER (WHERE business_day > coalesce((SELECT day FROM settled), '-infinity')), 0)
         + coalesce((SELECT carried_over FROM settled), 0))::bigint AS expense
     FROM day_total`,
  );
  return totals ?? { income: 0, expense: 0 };
}
