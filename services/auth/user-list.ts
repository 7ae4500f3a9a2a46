/** The list of accounts: what its params mean, and its cursors. */
import { decodeCursor, encodeCursor } from '../../mixins/lists.ts';
import type { ActionParams } from '../../schemas/action.ts';
import type list from '../../schemas/actions/auth/list.ts';
import { Problem } from '../../schemas/errors.ts';
import { isLogin, type UserView } from './user.ts';

/** Params of the list, converted. */
export type ListParams = ActionParams<typeof list>;

/** The list goes on behind this account; logins are unique and never change. */
export function cursorBehind({ login }: Pick<UserView, 'login'>): string {
  return encodeCursor([login]);
}

/** The login that a cursor stands behind; throws `invalid_cursor` for one that this list did not make. */
export function loginOfCursor(cursor: string): string {
  const [login, ...more] = decodeCursor(cursor);
  if (typeof login !== 'string' || !isLogin(login) || more.length > 0) throw new Problem('invalid_cursor');
  return login;
}
