/** The list of tasks (TASK-8): what its params mean, and its cursors. */
import type { ActionParams } from '../../schemas/action.ts';
import type list from '../../schemas/actions/tasks/list.ts';
import { Problem } from '../../schemas/errors.ts';
import type { Task } from './task.ts';

export type ListParams = ActionParams<typeof list>;
type Field = 'createdAt' | 'completedAt' | 'title';

export interface TaskOrder {
  readonly field: Field;
  readonly descending: boolean;
}

/** `-createdAt`: by creation, the newest first. */
export function orderOf(sort: ListParams['sort']): TaskOrder {
  const descending = sort.startsWith('-');
  return { field: (descending ? sort.slice(1) : sort) as Field, descending };
}

/** The place of a task in a list: the list goes on behind it. */
export interface Place {
  readonly id: string;
  /** By time: the task's, null for an open one by completion. By title: null, as the title is looked up by the id (a cursor is short). */
  readonly at: Date | null;
}

/** What a time of four digits for its year can name; PostgreSQL knows no year 0. */
const FIRST_TIME = Date.parse('0001-01-01T00:00:00Z');
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');
const isNameable = (time: number) => time >= FIRST_TIME && time <= LAST_TIME;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An opaque position in a list of this sort: behind this task. Tasks made or completed later do not move it. */
export function cursorAt(sort: ListParams['sort'], task: Task): string {
  const { field } = orderOf(sort);
  const at = field === 'title' ? null : (task[field]?.getTime() ?? null);
  return Buffer.from(JSON.stringify([sort, at, task.id])).toString('base64url');
}

/** Throws `invalid_cursor` for anything that `cursorAt` did not make for the same sort. */
export function placeOf(sort: ListParams['sort'], cursor: string): Place {
  const [madeFor, at, id] = parseCursor(cursor);
  const { field } = orderOf(sort);
  const isTime = typeof at === 'number' && isNameable(at);
  const fits = field === 'createdAt' ? isTime : field === 'title' ? at === null : isTime || at === null;
  if (madeFor !== sort || !fits || typeof id !== 'string' || !UUID.test(id)) {
    throw new Problem('invalid_cursor');
  }
  return { id, at: isTime ? new Date(at) : null };
}

function parseCursor(cursor: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch (cause) {
    if (cause instanceof SyntaxError) return [];
    throw cause;
  }
}

const DAY_LENGTH = 'YYYY-MM-DD'.length;
const DAY_MS = 86_400_000;

/** The half-open range of creation times; a day stands for its midnight (UTC), as an end for the midnight after it. */
export function createdRange({ createdFrom, createdTo }: ListParams): {
  readonly from: Date | undefined;
  readonly before: Date | undefined;
} {
  const before = createdTo === undefined ? undefined : parseTime('createdTo', createdTo);
  return {
    from: createdFrom === undefined ? undefined : parseTime('createdFrom', createdFrom),
    before: before && createdTo?.length === DAY_LENGTH ? new Date(before.getTime() + DAY_MS) : before,
  };
}

/** The contract lets through what looks like a time; there is no 31 June all the same. */
function parseTime(field: string, value: string): Date {
  const time = new Date(value);
  const day = new Date(value.slice(0, DAY_LENGTH));
  const exists = isNameable(time.getTime()) && !Number.isNaN(day.getTime());
  if (!exists || day.toISOString().slice(0, DAY_LENGTH) !== value.slice(0, DAY_LENGTH)) {
    const message = `There is no such time as ${value}`;
    throw new Problem('validation_failed', message, { errors: [{ field, code: 'date', message }] });
  }
  return time;
}

/** `%`, `_` and `\` of a client's text are no wildcards. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
