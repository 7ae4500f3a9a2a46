/** Reads lists of tasks in their order, each page by an index. */
import { prepared, type Reader } from '#mixins/database/database.ts';
import type { TimeRange } from '#mixins/lists.ts';
import { COLUMNS, type Named, type NamedRow, named, namesFor } from '../task.store.ts';
import type { Task } from '../task.ts';
import type { TaskOrder } from './task-list.ts';

/** Which tasks a list has. A filter that is missing lets all of them through. */
export interface TaskFilters {
  readonly status?: Task['status'] | undefined;
  readonly assigneeId?: string | undefined;
  readonly createdById?: string | undefined;
  readonly created?: TimeRange | undefined;
  /** Leaves out open tasks unless both of its ends are undefined. */
  readonly completed?: TimeRange | undefined;
}

/**
 * A position in a list: after this task. `at` is the value that the list is ordered by. It is a
 * time, a title's key, or null for an open task in a list by completion.
 */
export interface Position {
  readonly id: string;
  readonly at: Date | string | null;
}

/** The fields of a task that cursors contain. */
type Placed = Pick<Task, 'id' | 'createdAt' | 'completedAt'>;

/** The position after a task, and the fields of that task that cursors contain. */
export type Spot = Placed & Position;

/** Tasks of a page. `next` is the last of them if the list continues after it. */
export interface TaskPage {
  readonly tasks: readonly Named<Task>[];
  readonly next: Placed | null;
}

/** Keys of titles are in a table of their own, because shuffles rewrite tasks. */
const ORDERS = {
  createdAt: { column: 'created_at', source: 'task' },
  completedAt: { column: 'completed_at', source: 'task' },
  title: {
    column: 'title_key',
    source: '(SELECT task.*, title_key FROM task JOIN task_text ON task_id = id)',
  },
};

const SPOT = 'id, created_at AS "createdAt", completed_at AS "completedAt"';
const NAMED_TASK = `${COLUMNS}, ${namesFor('listed')}`;

/** What a statement reads, beside the filters of the list. */
interface Selection {
  readonly columns: string;
  readonly start: Position | null;
  readonly limit: number;
  readonly ids?: readonly string[] | undefined;
}

/** Whether a range lets all times through. */
const isWhole = (range: TimeRange | undefined): boolean =>
  range?.from === undefined && range?.before === undefined;

/** One list: an order and filters. */
export class TaskList {
  readonly #reader: Reader;
  readonly #order: TaskOrder;
  readonly #filters: TaskFilters;

  constructor(reader: Reader, order: TaskOrder, filters: TaskFilters) {
    this.#reader = reader;
    this.#order = order;
    this.#filters = isWhole(filters.completed) ? filters : { ...filters, status: filters.status ?? 'done' };
  }

  /** The tasks after a position. With `ids`, only these tasks. */
  async page(start: Position | null, limit: number, ids?: readonly string[]): Promise<TaskPage> {
    // The additional row shows whether there is a next page.
    const rows = await this.#read<NamedRow<Task>>({ columns: NAMED_TASK, start, limit: limit + 1, ids });
    const tasks = rows.slice(0, limit).map(named);
    return { tasks, next: rows.length > limit ? (tasks.at(-1)?.task ?? null) : null };
  }

  /** At most `limit` spots after a position. There are fewer only at the end of the list. */
  spots(start: Position | null, limit: number): Promise<Spot[]> {
    const columns = `${SPOT}, ${ORDERS[this.#order.field].column} AS at`;
    return this.#read<Spot>({ columns, start, limit });
  }

  /** These tasks, in the order of the given ids. Missing ones are left out. */
  async tasks(ids: readonly string[]): Promise<Named<Task>[]> {
    const rows = await this.#reader.rows<NamedRow<Task>>(
      `SELECT ${NAMED_TASK} FROM task AS listed WHERE id = ANY($1::uuid[])`,
      [ids],
    );
    const byId = new Map(rows.map((row) => [row.id, named(row)]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /**
   * In a list by completion, open tasks come after all others, by id. They are read only if the
   * others do not fill the page.
   */
  async #read<Row extends object>(selection: Selection): Promise<Row[]> {
    const { field } = this.#order;
    const { status, completed } = this.#filters;
    if (status === 'open' && !isWhole(completed)) return [];
    const { column } = ORDERS[field];
    if (field === 'title') return this.#select(selection, [column, 'id'], [status]);
    // Open and done tasks have an index each, so that shuffles do not write that of done tasks. Given
    // ids are found by the primary key.
    if (field === 'createdAt') {
      const isMerged = status === undefined && selection.ids === undefined;
      return this.#select(selection, [column, 'id'], isMerged ? ['open', 'done'] : [status]);
    }
    const startsOpen = selection.start !== null && selection.start.at === null;
    const readsDone = status !== 'open' && !startsOpen;
    const done = readsDone ? await this.#select<Row>(selection, [column, 'id'], ['done']) : [];
    const left = selection.limit - done.length;
    if (left === 0 || status === 'done') return done;
    const open = { ...selection, start: startsOpen ? selection.start : null, limit: left };
    return [...done, ...(await this.#select<Row>(open, ['id'], ['open']))];
  }

  /**
   * `orderedBy`: columns. Reads the statuses one by one, or all tasks at once where it is undefined.
   */
  #select<Row extends object>(
    { columns, start, limit, ids }: Selection,
    orderedBy: readonly string[],
    statuses: readonly (Task['status'] | undefined)[],
  ): Promise<Row[]> {
    const { field, descending } = this.#order;
    const { assigneeId, createdById, created, completed } = this.#filters;
    const bind: unknown[] = [];
    const value = (given: unknown) => `$${bind.push(given)}`;
    const conditions: string[] = [];
    if (assigneeId !== undefined) conditions.push(`assignee_id = ${value(assigneeId)}`);
    if (createdById !== undefined) conditions.push(`created_by_id = ${value(createdById)}`);
    if (created?.from !== undefined) conditions.push(`created_at >= ${value(created.from)}`);
    if (created?.before !== undefined) conditions.push(`created_at < ${value(created.before)}`);
    if (completed?.from !== undefined) conditions.push(`completed_at >= ${value(completed.from)}`);
    if (completed?.before !== undefined) {
      const before = value(completed.before);
      // A task is completed after its creation. So a list by creation begins at the first task that
      // may fit, not at the newest one (measured with a million tasks: 200 → 25 ms).
      conditions.push(`completed_at < ${before}`, `created_at < ${before}`);
    }
    if (start !== null) {
      const place = orderedBy.map((column) => value(column === 'id' ? start.id : start.at));
      conditions.push(`(${orderedBy.join(', ')}) ${descending ? '<' : '>'} (${place.join(', ')})`);
    }
    // A subquery makes the planner begin with the ids. Otherwise it would look for them along the
    // list's order.
    if (ids !== undefined) conditions.push(`id IN (SELECT unnest(${value(ids)}::uuid[]))`);
    const direction = descending ? 'DESC' : 'ASC';
    const end = `ORDER BY ${orderedBy.map((column) => `${column} ${direction}`).join(', ')} LIMIT ${value(limit)}`;
    const parts = statuses.map((status) => {
      const all = status === undefined ? conditions : [`status = '${status}'`, ...conditions];
      const where = all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`;
      return `(SELECT * FROM ${ORDERS[field].source} AS task ${where} ${end})`;
    });
    const sql = `SELECT ${columns} FROM (${parts.join(' UNION ALL ')}) AS listed ${end}`;
    // The other texts are rare, and their best plan depends on the values. A connection keeps each
    // prepared one.
    const isFrequent = createdById === undefined && isWhole(created) && isWhole(completed);
    return this.#reader.rows<Row>(isFrequent ? prepared(sql) : sql, bind);
  }
}
