/** What is measured of an outbox. */
import type { Database } from '../database/database.ts';

export interface OutboxStats {
  /** Events that wait; counted up to 100,000. */
  readonly backlog: number;
  /** Age of the first of them in seconds; 0 without any. */
  readonly oldestSeconds: number;
  /** Events that were set aside. */
  readonly refused: number;
}

/** Beyond this the exact number tells nothing new, and counting it takes long. */
const COUNT_UP_TO = 100_000;

/** The figures of an outbox; `backlog` counts up to `COUNT_UP_TO`. Throws what the database throws. */
export async function outboxStats(database: Database): Promise<OutboxStats> {
  const [stats] = await database.inTransaction((tx) =>
    tx.rows<OutboxStats>(
      `SELECT (SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL AND refused_at IS NULL
                                      LIMIT ${COUNT_UP_TO}) AS waiting)::int AS backlog,
              coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - occurred_at)) FROM outbox
                         WHERE published_at IS NULL AND refused_at IS NULL
                         ORDER BY position LIMIT 1), 0)::float8 AS "oldestSeconds",
              (SELECT count(*) FROM outbox WHERE refused_at IS NOT NULL)::int AS refused`,
    ),
  );
  return stats ?? { backlog: 0, oldestSeconds: 0, refused: 0 };
}
