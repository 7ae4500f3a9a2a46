/**
 * The state of the queue, for operators. It counts to a limit, so it reads a bounded number of
 * rows.
 */
import type { Database } from '#mixins/database/database.ts';
import { MAX_COUNT, type MailStats } from '#schemas/answers/system.ts';

interface Found {
  readonly queued: number;
  readonly failed: number;
  readonly oldestQueuedAt: Date | null;
}

export async function countMails(database: Database, most = MAX_COUNT): Promise<MailStats> {
  const first = (status: string) =>
    `(SELECT count(*)::int FROM (SELECT FROM mail WHERE status = '${status}' ORDER BY requested_at, position LIMIT $1::int) AS first)`;
  const [found] = await database.rows<Found>(
    `SELECT ${first('queued')} AS queued, ${first('failed')} AS failed,
       (SELECT requested_at FROM mail WHERE status = 'queued' ORDER BY requested_at, position LIMIT 1) AS "oldestQueuedAt"`,
    [most + 1],
  );
  if (found === undefined) throw new Error('One row was expected');
  const capped = (count: number) => ({ count: Math.min(count, most), capped: count > most });
  return {
    queued: capped(found.queued),
    failed: capped(found.failed),
    oldestQueuedAt: found.oldestQueuedAt?.toISOString() ?? null,
  };
}
