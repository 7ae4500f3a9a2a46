/** Reads lists of tasks through the model, in their order, each page by an index. */
import { Op, type Order, type WhereOptions } from 'sequelize';
import type { Task } from '../task.ts';
import { type TaskModel, TEXT } from '../tasks.models.ts';
import type { TaskOrder } from './task-list.ts';

/**
 * A position in a list: after this task. `at` is the value that the list is ordered by. It is a
 * time, a title's key, or null for an open task in a list by completion.
 */
export interface Position {
  readonly id: string;
  readonly at: Date | string | null;
}

/** The fields of a task that determine the position after it. */
export type Spot = Pick<Task, 'id' | 'createdAt' | 'completedAt'> & { readonly position: Position };

/** Tasks of a page. `next` is the last of them if the list continues after it. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  readonly next: Pick<Task, 'id' | 'createdAt' | 'completedAt'> | null;
}

const SPOT = ['id', 'createdAt', 'completedAt'];

type Row = Task & { readonly [TEXT]?: { readonly titleKey: string } };

/** One list: an order and filters. */
export class TaskList {
  readonly #model: TaskModel;
  readonly #order: TaskOrder;
  readonly #filters: readonly WhereOptions[];

  constructor(model: TaskModel, order: TaskOrder, filters: readonly WhereOptions[]) {
    this.#model = model;
    this.#order = order;
    this.#filters = filters;
  }

  /** The tasks after a position. With `ids`, only these tasks. */
  async page(start: Position | null, limit: number, ids?: readonly string[]): Promise<TaskPage> {
    const only = ids === undefined ? [] : [this.#amongIds(ids)];
    // The additional row shows whether there is a next page.
    const rows = await this.#read(start, limit + 1, only);
    const tasks = rows.slice(0, limit);
    return { tasks, next: rows.length > limit ? (tasks.at(-1) ?? null) : null };
  }

  /** At most `limit` spots after a position. There are fewer only at the end of the list. */
  async spots(start: Position | null, limit: number): Promise<Spot[]> {
    const rows = await this.#read(start, limit, [], SPOT);
    return rows.map((row) => ({ ...row, position: { id: row.id, at: this.#at(row) } }));
  }

  /** These tasks, in the order of the given ids. Missing ones are left out. */
  async tasks(ids: readonly string[]): Promise<Task[]> {
    const rows = await this.#model.findAll({ where: { id: [...ids] } });
    const byId = new Map(rows.map((row) => [row.get('id'), row.get({ plain: true })]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  #at(row: Row): Position['at'] {
    const { field } = this.#order;
    return field === 'title' ? (row[TEXT]?.titleKey ?? '') : row[field];
  }

  /**
   * In a list by completion, open tasks come after all others. They are read only if the others do
   * not fill the page.
   */
  async #read(
    start: Position | null,
    limit: number,
    more: readonly WhereOptions[],
    attributes?: string[],
  ): Promise<Row[]> {
    const behind = start === null ? [] : [this.#behind(start)];
    const conditions = [...this.#filters, ...more, ...behind];
    if (this.#order.field !== 'completedAt') return this.#find(conditions, limit, attributes);
    const openOnly = start !== null && start.at === null;
    const done = openOnly ? [] : await this.#find([...conditions, { status: 'done' }], limit, attributes);
    if (done.length === limit) return done;
    const open = [...this.#filters, ...more, ...(openOnly ? behind : []), { status: 'open' }];
    const byId: Order = [['id', this.#direction]];
    return [...done, ...(await this.#find(open, limit - done.length, attributes, byId))];
  }

  async #find(
    conditions: readonly WhereOptions[],
    limit: number,
    attributes?: string[],
    order = this.#orderClause(),
  ): Promise<Row[]> {
    const byTitle = this.#order.field === 'title';
    const rows = await this.#model.findAll({
      where: { [Op.and]: [...conditions] },
      order,
      limit,
      ...(attributes === undefined ? {} : { attributes }),
      ...(byTitle ? { include: [{ association: TEXT, required: true, attributes: ['titleKey'] }] } : {}),
      subQuery: false,
    });
    return rows.map((row) => row.get({ plain: true }) as Row);
  }

  get #direction(): 'ASC' | 'DESC' {
    return this.#order.descending ? 'DESC' : 'ASC';
  }

  /** Ties are ordered by id, in the same direction. */
  #orderClause(): Order {
    const { field } = this.#order;
    const direction = this.#direction;
    if (field !== 'title') {
      return [
        [field, direction],
        ['id', direction],
      ];
    }
    return [
      [TEXT, 'titleKey', direction],
      [TEXT, 'taskId', direction],
    ];
  }

  #behind({ at, id }: Position): WhereOptions {
    const { field, descending } = this.#order;
    const further = descending ? Op.lt : Op.gt;
    if (at === null) return { id: { [further]: id } };
    const [value, tie] = field === 'title' ? [`$${TEXT}.title_key$`, `$${TEXT}.task_id$`] : [field, 'id'];
    return {
      // The next line implies this condition, but only in this form can it use the index.
      [value]: { [descending ? Op.lte : Op.gte]: at },
      [Op.or]: [{ [value]: { [further]: at } }, { [tie]: { [further]: id } }],
    };
  }

  /**
   * A subquery makes the planner begin with the ids. Otherwise it would look for them along the
   * list's order.
   */
  #amongIds(ids: readonly string[]): WhereOptions {
    const { sequelize } = this.#model;
    if (sequelize === undefined) throw new TypeError('The model has no connection');
    const list = sequelize.escape(`{${ids.join(',')}}`);
    return { id: { [Op.in]: sequelize.literal(`(SELECT unnest(${list}::uuid[]))`) } };
  }
}
