/** SQL: the causes of open dead letters. */
import type { Reader } from '#mixins/database/database.ts';
import { AT, KIND } from './dead-letters.store.ts';

/** What dead letters have in common: operators settle all of a cause at once. */
export interface Cause {
  readonly consumer: string;
  /** Empty for messages without a readable type. */
  readonly type: string;
  readonly code: string;
}

/** A cause with a summary of its open dead letters. */
export interface CauseSummary extends Cause {
  /** The message of the newest one. */
  readonly message: string;
  /** How many there are, up to the given limit. */
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

const OF_CAUSE = `status = 'open' AND consumer = cause.consumer AND ${KIND} = cause.type AND code = cause.code`;

/**
 * Causes in their order, after one. Each is found by one look into an index, and none is counted
 * beyond `most`, so this reads few rows however many dead letters there are.
 */
export function listCauses(
  reader: Reader,
  after: Cause,
  most: number,
  limit: number,
): Promise<CauseSummary[]> {
  const next = (consumer: string, type: string, code: string) =>
    `SELECT consumer, ${KIND} AS type, code FROM dead_letter
     WHERE status = 'open' AND (consumer, ${KIND}, code) > (${consumer}, ${type}, ${code})
     ORDER BY consumer, ${KIND}, code LIMIT 1`;
  return reader.rows<CauseSummary>(
    `WITH RECURSIVE found AS (
       (${next('$1', '$2', '$3')})
       UNION ALL
       SELECT later.* FROM found CROSS JOIN LATERAL (${next('found.consumer', 'found.type', 'found.code')}) AS later
     )
     SELECT cause.consumer, cause.type, cause.code, newest.message, counted.count, oldest.at AS "firstAt", newest.at AS "lastAt"
     FROM (SELECT * FROM found LIMIT $5) AS cause
     CROSS JOIN LATERAL (SELECT count(*)::int AS count FROM (SELECT FROM dead_letter WHERE ${OF_CAUSE} LIMIT $4) AS first) AS counted
     CROSS JOIN LATERAL (
       SELECT message, set_aside_at AS at FROM dead_letter WHERE ${OF_CAUSE} ORDER BY ${AT} DESC, id DESC LIMIT 1
     ) AS newest
     CROSS JOIN LATERAL (SELECT set_aside_at AS at FROM dead_letter WHERE ${OF_CAUSE} ORDER BY ${AT}, id LIMIT 1) AS oldest
     ORDER BY cause.consumer, cause.type, cause.code`,
    [after.consumer, after.type, after.code, most, limit],
  );
}
