/** The list of tasks (TASK-8): its parameters and its cursors. */
import {
  encodeCursor,
  isId,
  isNameable,
  isPlainDay,
  placeIn,
  type TimeRange,
  timeIn,
} from '#mixins/lists.ts';
import type { ActionParams } from '#schemas/action.ts';
import type list from '#schemas/actions/tasks/list.ts';
import type { Task } from '../task.ts';

export type ListParams = ActionParams<typeof list>;
type Field = 'createdAt' | 'completedAt' | 'title';

export interface TaskOrder {
  readonly field: Field;
  readonly descending: boolean;
}

/** `-createdAt` means by creation, newest first. */
export function orderOf(sort: ListParams['sort']): TaskOrder {
  const descending = sort.startsWith('-');
  return { field: (descending ? sort.slice(1) : sort) as Field, descending };
}

/** The content of a cursor: the list continues after this task. */
export interface Place {
  readonly id: string;
  /**
   * In a list by time: the task's time, or null for an open task in a list by completion. In a list
   * by title: null. The title is looked up by the id, to keep the cursor short.
   */
  readonly at: Date | null;
}

/**
 * An opaque position after a task in a list with this sort. Tasks that are created or completed
 * later do not move it.
 */
export function cursorAt(
  sort: ListParams['sort'],
  task: Pick<Task, 'id' | 'createdAt' | 'completedAt'>,
): string {
  const { field } = orderOf(sort);
  const at = field === 'title' ? null : (task[field]?.getTime() ?? null);
  return encodeCursor([sort, at, task.id]);
}

/** Throws `invalid_cursor` unless `cursorAt` made the cursor for the same sort. */
export function placeOf(sort: ListParams['sort'], cursor: string): Place {
  const { field } = orderOf(sort);
  const isSort = (value: unknown): value is typeof sort => value === sort;
  const isAt = (value: unknown): value is number | null =>
    value === null ? field !== 'createdAt' : field !== 'title' && isNameable(value);
  const [, at, id] = placeIn(cursor, isSort, isAt, isId);
  return { id, at: at === null ? null : new Date(at) };
}

const DAY_MS = 86_400_000;

/**
 * The range of the params `<name>From` and `<name>To`. A day as start means its midnight (UTC); as
 * end, the midnight after it. Throws `validation_failed` for a time that does not exist.
 */
export function rangeOf(params: ListParams, name: 'created' | 'completed'): TimeRange {
  const { [`${name}From` as const]: start, [`${name}To` as const]: end } = params;
  const before = end === undefined ? undefined : timeIn(`${name}To`, end);
  return {
    from: start === undefined ? undefined : timeIn(`${name}From`, start),
    before: before && end && isPlainDay(end) ? new Date(before.getTime() + DAY_MS) : before,
  };
}
