/** What operators see and repair of an outbox, and the deletion of old events. */
import type { Database, Tx } from '#mixins/database/database.ts';
import { appended } from './append.ts';

export interface OutboxStats {
  /** Unpublished events; counted up to 100,000. */
  readonly backlog: number;
  /** Age of the oldest of them in seconds; 0 without any. */
  readonly oldestSeconds: number;
  /** Events that the broker refused for good; counted up to 100,000. */
  readonly refused: number;
}

/** Counting takes long, and a higher number tells an operator no more. */
const COUNT_UP_TO = 100_000;

export async function outboxStats(database: Database): Promise<OutboxStats> {
  const [stats] = await database.inTransaction((tx) =>
    tx.rows<OutboxStats>(
      `SELECT (SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL AND refused_at IS NULL
                                      LIMIT ${COUNT_UP_TO}) AS waiting)::int AS backlog,
              coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - occurred_at)) FROM outbox
                         WHERE published_at IS NULL AND refused_at IS NULL
                         ORDER BY position LIMIT 1), 0)::float8 AS "oldestSeconds",
              (SELECT count(*) FROM (SELECT FROM outbox WHERE refused_at IS NOT NULL
                                      LIMIT ${COUNT_UP_TO}) AS refused)::int AS refused`,
    ),
  );
  return stats ?? { backlog: 0, oldestSeconds: 0, refused: 0 };
}

/** An event that the broker refused for good. Other events do not wait for it. */
export interface RefusedEvent {
  readonly position: number;
  readonly eventId: string;
  readonly type: string;
  /** `<aggregate>/<id>` */
  readonly subject: string;
  readonly sequence: number;
  readonly occurredAt: Date;
  readonly refusedAt: Date;
  readonly reason: string;
  /** Size of the payload. */
  readonly bytes: number;
}

/** The oldest first; `after` is a position, `limit` 1..1000. */
export function listRefused(database: Database, { after = 0, limit = 100 } = {}): Promise<RefusedEvent[]> {
  return database.inTransaction((tx) =>
    tx.rows<RefusedEvent>(
      `SELECT position, event_id AS "eventId", type, aggregate AS subject, sequence, occurred_at AS "occurredAt",
              refused_at AS "refusedAt", refused_reason AS reason, length(payload) AS bytes
         FROM outbox
        WHERE refused_at IS NOT NULL AND position > $1::bigint
        ORDER BY position
        LIMIT $2::int`,
      [after, limit],
    ),
  );
}

/**
 * Lets refused events be sent again, under their ids: all, or those at these positions. Returns the
 * positions of those found, in order.
 */
export async function retryRefused(tx: Tx, positions: readonly number[] | 'all'): Promise<number[]> {
  const rows = await tx.rows<{ position: number }>(
    `UPDATE outbox SET refused_at = NULL, refused_reason = NULL
      WHERE ($1::bigint[] IS NULL OR position = ANY ($1::bigint[])) AND refused_at IS NOT NULL
      RETURNING position`,
    [positions === 'all' ? null : positions],
  );
  appended.sendAfterCommit(tx);
  return rows.map(({ position }) => position).sort((a, b) => a - b);
}

/** Events of one pass of deletion: it takes some ten milliseconds. */
const PURGE_EVENTS = 5_000;

/**
 * One bounded pass: deletes the oldest events that were published more than `keepDays` days ago.
 * Until then they can be published again to a broker that lost them. Unpublished and refused events
 * stay. `done` is false when there may be more. Safe on several nodes at once.
 */
export async function purgeOnce(
  database: Database,
  keepDays: number,
): Promise<{ readonly deleted: number; readonly done: boolean }> {
  const deleted = await database.inTransaction((tx) =>
    tx.run(
      `DELETE FROM outbox
        WHERE published_at < now() - make_interval(days => $1::int)
          AND position IN (SELECT position FROM outbox
                            WHERE published_at IS NOT NULL
                            ORDER BY position LIMIT $2::int
                              FOR UPDATE SKIP LOCKED)`,
      [keepDays, PURGE_EVENTS],
    ),
  );
  return { deleted, done: deleted < PURGE_EVENTS };
}
