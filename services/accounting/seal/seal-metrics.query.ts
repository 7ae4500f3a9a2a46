/** What the metrics show of the seal (ACC-8). */
import type { Database } from '#mixins/database/database.ts';
import type { MetricSource } from '#mixins/metrics/metrics.ts';

type Name = 'seal_unsealed_postings' | 'seal_unsealed_age_seconds';

/** Nothing limits the number of unsealed postings. */
const COUNT_UP_TO = 10_000;

export interface Unsealed {
  /** Postings that no block covers, up to the limit. */
  readonly unsealed: number;
  /** Age of the oldest of them, in seconds. */
  readonly age: number;
}

export async function findUnsealed(database: Database): Promise<Unsealed | undefined> {
  const [row] = await database.newest.rows<Unsealed>(
    `SELECT (SELECT count(*) FROM (
         SELECT FROM posting WHERE id > sealed LIMIT ${COUNT_UP_TO}
       ) AS unsealed)::int AS unsealed,
       coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - posted_at))
         FROM posting WHERE id > sealed ORDER BY id LIMIT 1), 0)::float8 AS age
     FROM (SELECT coalesce((SELECT last_position FROM seal ORDER BY number DESC LIMIT 1), 0) AS sealed) AS head`,
  );
  return row;
}

export function sealMetrics(database: Database): MetricSource<Name> {
  return {
    name: 'accounting-seal',
    metrics: {
      seal_unsealed_postings: {
        type: 'gauge',
        help: 'Postings that no block of the seal covers yet, 10,000 at most',
      },
      seal_unsealed_age_seconds: { type: 'gauge', help: 'Age of the oldest of them; 0 without any' },
    },
    async read() {
      const { unsealed = null, age = null } = (await findUnsealed(database)) ?? {};
      return [{ values: { seal_unsealed_postings: unsealed, seal_unsealed_age_seconds: age } }];
    },
  };
}
