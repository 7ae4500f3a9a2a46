/** Lists accounts through the model, page by page, by login. */
import { col, fn, Op, type WhereOptions, where } from 'sequelize';
import type { Adapter, ListQuery } from '../../mixins/database/database.mixin.ts';
import { escapeLike, type Page, pageOf } from '../../mixins/lists.ts';
import { Problem } from '../../schemas/errors.ts';
import { type UserView, viewOf } from './user.ts';
import { type ListParams, loginOfCursor } from './user-list.ts';

/** Where `text` is looked for. Compared in NFC, as `text` is: accounts from before may have names in another form. */
const SEARCHED = ['login', 'name', 'email'];

/** Throws `invalid_cursor`. */
export function usersQuery(params: ListParams): ListQuery {
  // One more than the page has tells whether there is a next one.
  return { query: { [Op.and]: conditionsOf(params) }, sort: ['login'], limit: params.limit + 1 };
}

export function usersPage(users: readonly UserView[], { limit }: ListParams): Page<UserView> {
  return pageOf(users, limit, viewOf, ({ login }) => [login]);
}

/** Throws `not_found`. */
export async function readUser(users: Adapter, id: string): Promise<UserView> {
  // A replica may not have a new account yet: what it lacks is looked for on the primary.
  const row = (await users.findById(id)) ?? (await users.findOne({ where: { id }, useMaster: true }));
  if (row === null) throw new Problem('not_found');
  return viewOf(users.entityToObject(row) as UserView);
}

function conditionsOf({ role, active, text, cursor }: ListParams): WhereOptions[] {
  const conditions: WhereOptions[] = [];
  if (role !== undefined) conditions.push({ roles: { [Op.contains]: [role] } });
  if (active !== undefined) conditions.push({ active });
  if (text !== undefined) {
    const contains = { [Op.iLike]: `%${escapeLike(text)}%` };
    conditions.push({ [Op.or]: SEARCHED.map((column) => where(fn('normalize', col(column)), contains)) });
  }
  if (cursor !== undefined) conditions.push({ login: { [Op.gt]: loginOfCursor(cursor) } });
  return conditions;
}
