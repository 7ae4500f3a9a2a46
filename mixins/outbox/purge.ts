/** Old events leave the outbox; until then a broker that lost something can be given it again. */
import type { Database } from '../database/database.ts';

/** Events of one pass: some ten milliseconds. */
const PURGE_EVENTS = 5_000;

/**
 * One bounded pass: deletes the oldest events that were published more than `keepDays` days ago. `done` is false when there may be more.
 * Events that wait and events that were set aside stay. Safe on several nodes at once.
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
