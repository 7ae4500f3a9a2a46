/** Lists tasks (TASK-7, TASK-8). Pages begin at a key, so all pages cost the same. */
import { type Database, lookUp } from '#mixins/database/database.ts';
import type { Page } from '#mixins/lists.ts';
import { Problem } from '#schemas/errors.ts';
import { type TaskView, viewTask } from '../task.ts';
import { findTitleKey } from './search.store.ts';
import { searchTasks } from './search-tasks.query.ts';
import { type Position, type TaskFilters, TaskList } from './task-list.store.ts';
import { cursorAt, type ListParams, orderOf, placeOf, rangeOf } from './task-list.ts';

/**
 * `userId` is the caller, for `assignee=me`. Throws `invalid_cursor`, and `validation_failed` for a
 * time that does not exist.
 */
export async function listTasks(
  database: Database,
  params: ListParams,
  userId: string,
): Promise<Page<TaskView>> {
  const list = new TaskList(database, orderOf(params.sort), filtersOf(params, userId));
  const start = await startOf(database, params);
  const { limit, text } = params;
  const { tasks, next } =
    text === undefined
      ? await list.page(start, limit)
      : await searchTasks({ database, list, text, start, limit });
  return {
    items: tasks.map(({ task, names }) => viewTask(task, names)),
    nextCursor: next === null ? null : cursorAt(params.sort, next),
  };
}

function filtersOf(params: ListParams, userId: string): TaskFilters {
  const { assignee, createdBy: createdById } = params;
  const created = rangeOf(params, 'created');
  const completed = rangeOf(params, 'completed');
  const assigneeId = assignee?.toLowerCase() === 'me' ? userId : assignee;
  return { status: params.status, assigneeId, createdById, created, completed };
}

/**
 * The position at which the page begins; null for the first page. A title never changes, so a
 * cursor by title contains only the task's id.
 */
async function startOf(database: Database, { sort, cursor }: ListParams): Promise<Position | null> {
  if (cursor === undefined) return null;
  const { id, at } = placeOf(sort, cursor);
  if (orderOf(sort).field !== 'title') return { id, at };
  const titleKey = await lookUp(database, (reader) => findTitleKey(reader, id));
  if (titleKey === undefined) throw new Problem('invalid_cursor');
  return { id, at: titleKey };
}
