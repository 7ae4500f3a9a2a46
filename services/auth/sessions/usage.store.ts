/** Counts the attempts within sliding windows, in SQL. */
import type { Tx } from '#mixins/database/database.ts';
import type { Budget, Usage } from './sign-in-limits.ts';

/** The rows to count. */
export interface Counted {
  /** `<table> WHERE <condition>`, whose placeholders begin with $3. */
  readonly rows: string;
  /** The time column, which an index covers together with the condition. */
  readonly at: string;
  readonly bind: readonly unknown[];
}

/**
 * The usage of each budget, in the same order. One statement reads at most as many rows as the
 * budgets allow.
 */
export async function usageOf<const Budgets extends readonly Budget[]>(
  tx: Tx,
  { rows, at, bind }: Counted,
  budgets: Budgets,
): Promise<{ [Index in keyof Budgets]: Usage }> {
  // A subquery reads the clock: a volatile function in the condition would keep PostgreSQL from
  // using the index.
  const usages = await tx.rows<Usage>(
    `SELECT count(${at})::integer AS count,
            (extract(epoch FROM clock_timestamp() - min(${at})) * 1000)::double precision AS "oldestAgeMs",
            (extract(epoch FROM clock_timestamp() - max(${at})) * 1000)::double precision AS "newestAgeMs"
     FROM unnest($1::double precision[], $2::integer[]) WITH ORDINALITY AS budget (window_ms, most, place)
     LEFT JOIN LATERAL (
       SELECT ${at} FROM ${rows}
         AND ${at} > (SELECT clock_timestamp() - window_ms * interval '1 millisecond')
       ORDER BY ${at} DESC LIMIT most
     ) AS newest ON true
     GROUP BY place ORDER BY place`,
    [budgets.map(({ windowMs }) => windowMs), budgets.map(({ limit }) => limit), ...bind],
  );
  return usages as { [Index in keyof Budgets]: Usage };
}
