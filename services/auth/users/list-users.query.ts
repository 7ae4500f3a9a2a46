/** Lists accounts through the model, page by page, by login. */
import { col, fn, Op, type WhereOptions, where } from 'sequelize';
import type { Adapter, ListQuery } from '#mixins/database/database.mixin.ts';
import { escapeLike, type Page, pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionParams } from '#schemas/action.ts';
import type list from '#schemas/actions/auth/list.ts';
import { Problem } from '#schemas/errors.ts';
import { type Account, isLogin, type UserView, viewOf } from './user.ts';

/**
 * The columns that `text` is searched in. They are compared in NFC, as `text` is: old accounts may
 * have names in another form.
 */
const SEARCHED = ['login', 'name', 'email'];

type ListParams = ActionParams<typeof list>;

/** Throws `invalid_cursor`. */
export function usersQuery(params: ListParams): ListQuery {
  // One row more than the page shows whether there is a next page.
  return { query: { [Op.and]: conditionsOf(params) }, sort: ['login'], limit: params.limit + 1 };
}

export function usersPage(users: readonly Account[], { limit }: ListParams): Page<UserView> {
  const page = pageOf(users, limit, ({ login }) => [login]);
  return { ...page, items: page.items.map(viewOf) };
}

/** Throws `not_found`. */
export async function readUser(users: Adapter, id: string): Promise<UserView> {
  // A replica may not have a new account yet, so the primary is asked when it is missing.
  const row = (await users.findById(id)) ?? (await users.findOne({ where: { id }, useMaster: true }));
  if (row === null) throw new Problem('not_found');
  return viewOf(users.entityToObject(row) as unknown as Account);
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
 * The login after which the page begins; throws `invalid_cursor` for a cursor that this list did
 * not make.
 */
export function loginOfCursor(cursor: string): string {
  return placeIn(cursor, isLogin)[0];
}
