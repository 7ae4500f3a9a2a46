/** For the operator: events that the broker refused for good. Nothing else waits for them. */
import type { Database, Tx } from '../database/database.ts';
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

/**
 * Sends events again that were set aside, under the ids that they have: all, or those at these positions. Returns the positions of those that
 * were found, in order; `told` is called with them in the transaction, unless there are none.
 */
export function retryRefused(
  database: Database,
  positions: readonly number[] | 'all',
  told?: (tx: Tx, found: readonly number[]) => Promise<void>,
): Promise<number[]> {
  return database.inTransaction(async (tx) => {
    const rows = await tx.rows<{ position: number }>(
      `UPDATE outbox SET refused_at = NULL, refused_reason = NULL
        WHERE ($1::bigint[] IS NULL OR position = ANY ($1::bigint[])) AND refused_at IS NOT NULL
        RETURNING position`,
      [positions === 'all' ? null : positions],
    );
    const found = rows.map(({ position }) => position).sort((a, b) => a - b);
    if (found.length > 0) await told?.(tx, found);
    tx.afterCommit(() => appended(database));
    return found;
  });
}
