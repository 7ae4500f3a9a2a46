/**
 * Counts for the tabs of a page (TASK-8). They stop at a limit, so they read a bounded number of
 * rows.
 */
import type { Database } from '#mixins/database/database.ts';
import type { ActionAnswer } from '#schemas/action.ts';
import type counts from '#schemas/actions/tasks/counts.ts';
import { MAX_COUNT } from '#schemas/actions/tasks/counts.ts';
import { newestPopulation } from '../population.store.ts';

type Counts = ActionAnswer<typeof counts>;
type Found = Readonly<Record<'open' | 'mine' | 'done', number>>;

/** `userId` is the caller. */
export async function countTasks(database: Database, userId: string, most = MAX_COUNT): Promise<Counts> {
  const [found, population] = await Promise.all([
    countUpTo(database, userId, most + 1),
    newestPopulation(database),
  ]);
  const capped = (count: number) => ({ count: Math.min(count, most), capped: count > most });
  return {
    open: capped(found.open),
    mine: capped(found.mine),
    done: capped(found.done),
    assignable: capped(population.size),
  };
}

async function countUpTo(database: Database, userId: string, limit: number): Promise<Found> {
  // Each order is that of an index. Without it, the planner may read the whole table to find a few
  // open tasks among many done ones.
  const first = (where: string, order: string) =>
    `(SELECT count(*) FROM (SELECT FROM task WHERE ${where} ORDER BY ${order} LIMIT $2::int) AS first)`;
  const [found] = await database.rows<Found>(
    `SELECT ${first(`status = 'open'`, 'position')} AS open,
       ${first(`status = 'open' AND assignee_id = $1::uuid`, 'created_at, id')} AS mine,
       ${first(`status = 'done'`, 'completed_at, id')} AS done`,
    [userId, limit],
  );
  return found ?? { open: 0, mine: 0, done: 0 };
}
