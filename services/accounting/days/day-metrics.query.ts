/** What the metrics show of the close of business days (ACC-6). */
import type { Database } from '#mixins/database/database.ts';
import type { MetricSource } from '#mixins/metrics/metrics.ts';
import { dueAccounts } from './due.store.ts';

type Name = 'day_closes_pending' | 'day_close_age_seconds' | 'day_payouts_left';

/** One day may owe as many payouts as there are people. */
const COUNT_UP_TO = 10_000;

export interface Unclosed {
  /** Days that have ended and are not closed. */
  readonly days: number;
  /** Seconds since the oldest of them has ended. */
  readonly age: number;
  /** Payouts that they still have to make, up to the limit. */
  readonly left: number;
}

/**
 * Days that have ended and are not closed: mostly none. Only while there are some, accounts are
 * read.
 */
export async function findUnclosed(database: Database): Promise<Unclosed | undefined> {
  const [row] = await database.newest.rows<Unclosed>(
    `SELECT count(*)::int AS days, coalesce(extract(epoch FROM clock_timestamp() - min(ended_at)), 0)::float8 AS age,
       (SELECT count(*) FROM (
         SELECT FROM business_day AS ended CROSS JOIN LATERAL (${dueAccounts('ended.day', '')}) AS account
         WHERE ended.closed_at IS NULL AND ended.ended_at IS NOT NULL AND ended.settled_at IS NULL
         LIMIT ${COUNT_UP_TO}
       ) AS due)::int AS left
     FROM business_day WHERE closed_at IS NULL AND ended_at IS NOT NULL`,
  );
  return row;
}

export function dayMetrics(database: Database): MetricSource<Name> {
  return {
    name: 'accounting-days',
    metrics: {
      day_closes_pending: { type: 'gauge', help: 'Business days that have ended and are not closed' },
      day_close_age_seconds: { type: 'gauge', help: 'Since the oldest of them has ended; 0 without any' },
      day_payouts_left: { type: 'gauge', help: 'Payouts that they still have to make, 10,000 at most' },
    },
    async read() {
      const { days = null, age = null, left = null } = (await findUnclosed(database)) ?? {};
      return [{ values: { day_closes_pending: days, day_close_age_seconds: age, day_payouts_left: left } }];
    },
  };
}
