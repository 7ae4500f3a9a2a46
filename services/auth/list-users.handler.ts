/** Lists accounts through the model, page by page, by login. */
import { col, fn, Op, type WhereOptions, where } from 'sequelize';
import { escapeLike, type Page, pageOf } from '../../mixins/lists.ts';
import { Problem } from '../../schemas/errors.ts';
import type { UserModel } from './auth.models.ts';
import { type UserView, viewOf } from './user.ts';
import { type ListParams, loginOfCursor } from './user-list.ts';

/** Where `text` is looked for. Compared in NFC, as `text` is: accounts from before may have names in another form. */
const SEARCHED = ['login', 'name', 'email'];

/** Throws `invalid_cursor`. */
export async function listUsers(model: UserModel, params: ListParams): Promise<Page<UserView>> {
  const rows = await model.findAll({
    where: { [Op.and]: conditionsOf(params) },
    order: [['login', 'ASC']],
    limit: params.limit + 1,
  });
  return pageOf(
    rows,
    params.limit,
    (row) => viewOf(row.get({ plain: true })),
    (row) => [row.get('login') as string],
  );
}

/** Throws `not_found`. */
export async function readUser(model: UserModel, id: string): Promise<UserView> {
  // A replica may not have a new account yet: what it lacks is looked for on the primary.
  const row = (await model.findByPk(id)) ?? (await model.findByPk(id, { useMaster: true }));
  if (row === null) throw new Problem('not_found');
  return viewOf(row.get({ plain: true }));
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
