/** The list of accounts: its cursors, and text as a pattern. */
import type { ActionParams } from '../../schemas/action.ts';
import type list from '../../schemas/actions/auth/list.ts';
import { Problem } from '../../schemas/errors.ts';
import { isLogin, type UserView } from './user.ts';

export type ListParams = ActionParams<typeof list>;

/** The list goes on behind this account; logins are unique and never change. */
export function cursorBehind({ login }: Pick<UserView, 'login'>): string {
  return Buffer.from(login).toString('base64url');
}

/** The login that a cursor stands behind; throws `invalid_cursor` for one that this list did not make. */
export function loginOfCursor(cursor: string): string {
  const login = Buffer.from(cursor, 'base64url').toString();
  if (!isLogin(login) || cursorBehind({ login }) !== cursor) throw new Problem('invalid_cursor');
  return login;
}

/** `text` for LIKE, which would take % and _ for more than themselves. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}
