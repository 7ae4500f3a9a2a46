/** Compares a built generation with the live one. */
import type { Tx } from '#mixins/database/database.ts';
import { FEE, PAYOUT, REWARD } from '../projections/operation.ts';
import type { Shortfall } from './rebuild.ts';

/**
 * Measures that only grow: the same events give the same value, fewer events a lower one. They
 * measure rows that events made. Figures of days are left out, because a rebuild is the way to
 * repair those.
 */
const MEASURES: Readonly<Record<string, readonly [table: string, measure: string]>> = {
  users: ['user_copy', 'count(*)'],
  'versions of users': ['user_copy', 'sum(version)'],
  tasks: ['task_copy', 'count(*)'],
  'versions of tasks': ['task_copy', 'sum(version)'],
  prices: ['price', 'count(*)'],
  accounts: ['account', 'count(*)'],
  'versions of balances': ['account', 'sum(balance_version)'],
  fees: ['operation', `count(*) FILTER (WHERE kind = '${FEE}')`],
  rewards: ['operation', `count(*) FILTER (WHERE kind = '${REWARD}')`],
  payouts: ['operation', `count(*) FILTER (WHERE kind = '${PAYOUT}')`],
  operations: ['operation', 'count(*)'],
  'closed days': ['closed_day', 'count(*)'],
};

/**
 * The measures in which the rebuilt generation is below the live one. Exact even while batches are
 * written, once the rebuild has read its part: every batch writes both, and each statement sees one
 * moment.
 */
export async function shortfalls(tx: Tx, live: number, rebuilt: number): Promise<Shortfall[]> {
  const found: Shortfall[] = [];
  for (const [what, [table, measure]] of Object.entries(MEASURES)) {
    const [row] = await tx.rows<{ live: number; rebuilt: number }>(
      `SELECT (SELECT coalesce(${measure}, 0)::bigint FROM ${table} WHERE slot = $1) AS live,
         (SELECT coalesce(${measure}, 0)::bigint FROM ${table} WHERE slot = $2) AS rebuilt`,
      [live, rebuilt],
    );
    if (row !== undefined && row.rebuilt < row.live) found.push({ what, ...row });
  }
  return found;
}
