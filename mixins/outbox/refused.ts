/** For the operator: events that the broker refused for good. Nothing else waits for them. */
import type { Database } from '../database/database.ts';
import { appended } from './wake.ts';

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

/** Sends events again that were set aside, under the ids that they have; returns how many were found. */
export function retryRefused(database: Database, positions: readonly number[]): Promise<number> {
  return database.inTransaction((tx) => {
    tx.afterCommit(() => appended(database));
    return tx.run(
      `UPDATE outbox SET refused_at = NULL, refused_reason = NULL
        WHERE position = ANY ($1::bigint[]) AND refused_at IS NOT NULL`,
      [positions],
    );
  });
}
