/** Lists tasks (TASK-7, TASK-8) through the model, page by page: by key, so that no page costs more than another. */
import { col, fn, Op, type Order, type WhereOptions, where } from 'sequelize';
import { type Database, lookUp } from '../../mixins/database/database.ts';
import { escapeLike, type Page } from '../../mixins/lists.ts';
import { Problem } from '../../schemas/errors.ts';
import { findTask } from './task.store.ts';
import { type TaskView, viewTask } from './task.ts';
import {
  createdRange,
  cursorAt,
  type ListParams,
  orderOf,
  type Place,
  placeOf,
  type TaskOrder,
} from './task-list.ts';
import type { TaskModel } from './tasks.models.ts';
import { namesOf } from './user.store.ts';

/** `userId` is who asks: `assignee=me`. Throws `invalid_cursor`, and `validation_failed` for a time that there never was. */
export async function listTasks(
  database: Database,
  model: TaskModel,
  params: ListParams,
  userId: string,
): Promise<Page<TaskView>> {
  const order = orderOf(params.sort);
  const conditions = filtersOf(params, userId);
  if (params.cursor !== undefined) {
    const place = placeOf(params.sort, params.cursor);
    conditions.push(
      order.field === 'title' ? await behindTitle(database, order, place) : behind(order, place),
    );
  }
  // One more than asked for: it tells whether there is a next page.
  const rows = await model.findAll({
    where: { [Op.and]: conditions },
    order: orderClause(order),
    limit: params.limit + 1,
  });
  const tasks = rows.slice(0, params.limit).map((row) => row.get({ plain: true }));
  const last = tasks.at(-1);
  const names = await namesOf(
    database,
    tasks.flatMap(({ assigneeId, createdById }) => [assigneeId, createdById]),
  );
  return {
    items: tasks.map((task) => viewTask(task, names)),
    nextCursor: rows.length > params.limit && last !== undefined ? cursorAt(params.sort, last) : null,
  };
}

function filtersOf(params: ListParams, userId: string): WhereOptions[] {
  const { status, assignee, text } = params;
  const { from, before } = createdRange(params);
  const conditions: WhereOptions[] = [];
  if (status !== undefined) conditions.push({ status });
  if (assignee !== undefined) {
    conditions.push({ assigneeId: assignee.toLowerCase() === 'me' ? userId : assignee });
  }
  if (from !== undefined) conditions.push({ createdAt: { [Op.gte]: from } });
  if (before !== undefined) conditions.push({ createdAt: { [Op.lt]: before } });
  if (text !== undefined) {
    const contains = { [Op.iLike]: `%${escapeLike(text)}%` };
    conditions.push({ [Op.or]: [{ title: contains }, { externalId: contains }, { description: contains }] });
  }
  return conditions;
}

/** Ties go by id, in the same direction. By completion, open tasks come last either way; titles are sorted whatever their case. */
function orderClause({ field, descending }: TaskOrder): Order {
  const direction = descending ? 'DESC' : 'ASC';
  switch (field) {
    case 'createdAt':
      return [
        ['createdAt', direction],
        ['id', direction],
      ];
    case 'completedAt':
      return [
        ['completedAt', `${direction} NULLS LAST`],
        ['id', direction],
      ];
    case 'title':
      return [
        [fn('lower', col('title')), direction],
        ['id', direction],
      ];
    default:
      return field satisfies never;
  }
}

function behind({ field, descending }: TaskOrder, { at, id }: Place): WhereOptions {
  const further = descending ? Op.lt : Op.gt;
  if (at === null) return { [field]: null, id: { [further]: id } };
  const after = {
    // Says no more than the next line, but in a way that an index is entered by.
    [field]: { [descending ? Op.lte : Op.gte]: at },
    [Op.or]: [{ [field]: { [further]: at } }, { id: { [further]: id } }],
  };
  return field === 'completedAt' ? { [Op.or]: [after, { completedAt: null }] } : after;
}

/** A title never changes, so the cursor needs no more than its task. */
async function behindTitle(
  database: Database,
  { descending }: TaskOrder,
  { id }: Place,
): Promise<WhereOptions> {
  const task = await lookUp(database, (reader) => findTask(reader, id));
  if (task === undefined) throw new Problem('invalid_cursor');
  const further = descending ? Op.lt : Op.gt;
  const title = fn('lower', task.title);
  return {
    [Op.or]: [
      where(fn('lower', col('title')), { [further]: title }),
      { [Op.and]: [where(fn('lower', col('title')), { [Op.eq]: title }), { id: { [further]: id } }] },
    ],
  };
}
