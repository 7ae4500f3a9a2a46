/** Lists accounts through the model, page by page, by login. */
import { col, fn, Op, type WhereOptions, where } from 'sequelize';
import type { Adapter, ListQuery } from '#mixins/database/database.mixin.ts';
import { escapeLike, type Page, pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionParams } from '#schemas/action.ts';
import type list from '#schemas/actions/auth/list.ts';
import { Problem } from '#schemas/errors.ts';
import { isLogin, type UserView, viewOf } from './user.ts';

/** Where `text` is looked for. Compared in NFC, as `text` is: accounts from before may have names in another form. */
const SEARCHED = ['login', 'name', 'email'];

type ListParams = ActionParams<typeof list>;

/** Throws `invalid_cursor`. */
export function usersQuery(params: ListParams): ListQuery {
  // One more than the page has tells whether there is a next one.
  return { query: { [Op.and]: conditionsOf(params) }, sort: ['login'], limit: params.limit + 1 };
}

export function usersPage(users: readonly UserView[], { limit }: ListParams): Page<UserView> {
  const page = pageOf(users, limit, ({ login }) => [login]);
  return { ...page, items: page.items.map(viewOf) };
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

/**
 * The login that a cursor stands behind; throws `invalid_cursor` for one that this list did not
 * make.
 */
export function loginOfCursor(cursor: string): string {
  return placeIn(cursor, isLogin)[0];
}
