/**
 * Reads a task, the history of its assignments (TASK-10), and the progress of a shuffle (TASK-5).
 */
import { type Database, lookUp } from '#mixins/database/database.ts';
import type { ActionAnswer, ActionParams } from '#schemas/action.ts';
import type assignments from '#schemas/actions/tasks/assignments.ts';
import { Problem } from '#schemas/errors.ts';
import { findShuffle } from './shuffles/shuffle.store.ts';
import { type ShuffleView, viewShuffle } from './shuffles/shuffle.ts';
import { findAssignments, findTask } from './task.store.ts';
import { type TaskView, UNKNOWN_NAME, viewTask } from './task.ts';
import { namesOf } from './users/user.store.ts';

/** Throws `not_found`. */
export async function readTask(database: Database, id: string): Promise<TaskView> {
  const task = await lookUp(database, (reader) => findTask(reader, id));
  if (task === undefined) throw new Problem('not_found');
  return viewTask(task, await namesOf(database, [task.assigneeId, task.createdById]));
}

/** A cursor is a version of the task. Assignments are listed in order of version. */
const CURSOR = /^[1-9]\d{0,8}$/;

/** Throws `not_found` and `invalid_cursor`. */
export async function readAssignments(
  database: Database,
  { id, cursor, limit }: ActionParams<typeof assignments>,
): Promise<ActionAnswer<typeof assignments>> {
  if (cursor !== undefined && !CURSOR.test(cursor)) throw new Problem('invalid_cursor');
  const found = await lookUp(database, async (reader) => {
    const assignments = await findAssignments(reader, id, Number(cursor ?? 0), limit + 1);
    return assignments.length > 0 || (await findTask(reader, id)) !== undefined ? assignments : undefined;
  });
  if (found === undefined) throw new Problem('not_found');
  const page = found.slice(0, limit);
  const names = await namesOf(
    database,
    page.map(({ assigneeId }) => assigneeId),
  );
  return {
    items: page.map(({ version, assigneeId, shuffleId, assignedAt }) => ({
      version,
      assignee: { id: assigneeId, name: names.get(assigneeId) ?? UNKNOWN_NAME },
      shuffleId,
      assignedAt: assignedAt.toISOString(),
    })),
    nextCursor: found.length > limit ? String(page.at(-1)?.version) : null,
  };
}

/** Throws `not_found`. */
export async function readShuffle(database: Database, id: string): Promise<ShuffleView> {
  const shuffle = await lookUp(database, (reader) => findShuffle(reader, id));
  if (shuffle === undefined) throw new Problem('not_found');
  return viewShuffle(shuffle);
}
