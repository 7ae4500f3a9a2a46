/** Accounts: what a change makes of one (AUTH-2 to AUTH-5). */

import { login as loginRule } from '#schemas/fields/auth.ts';

/** The role that may do everything about accounts. */
export const ADMIN = 'admin';

/** An account, without its beak. */
export interface User {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly locale: string | null;
  readonly roles: readonly string[];
  readonly active: boolean;
  /** Sequence of the account's events. */
  readonly version: number;
  /** Access tokens with a lower one are refused. */
  readonly tokenVersion: number;
}

/** An account as clients see it. */
export type UserView = Omit<User, 'version' | 'tokenVersion'>;

/** What of an account is to be otherwise; what is undefined stays. */
export interface UserChanges {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  /** Null takes it away. */
  readonly locale?: string | null | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly active?: boolean | undefined;
  /** Whether there is a new beak; the beak itself is no business of this file. */
  readonly beak?: boolean | undefined;
}

/** The changes that a request names: null counts as not named, but for the locale, which it takes away. */
export function namedChanges<T extends object>(params: T): Partial<T> {
  const named = Object.entries(params).filter(
    ([field, value]) => value !== undefined && (value !== null || field === 'locale'),
  );
  return Object.fromEntries(named) as Partial<T>;
}

/** What a change comes to. */
export type ChangeOfUser =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'changed';
      readonly user: User;
      /** Tokens already issued no longer hold. */
      readonly outdatesTokens: boolean;
      /** Why all sessions of the account end; null where they go on. */
      readonly endsSessions: 'deactivated' | 'beak_changed' | null;
      /** Whether the account was an active admin and no longer is. */
      readonly losesAdmin: boolean;
    };

/** Whether an account could have this login. */
export const isLogin = (text: unknown): text is string =>
  typeof text === 'string' && loginRule.pattern.test(text);

/** Whether the account counts for the rule of the last admin (AUTH-5). */
const isActiveAdmin = (user: Pick<User, 'active' | 'roles'>): boolean =>
  user.active && user.roles.includes(ADMIN);

/** Leaves out what clients do not see. */
export function viewOf({ id, login, name, email, locale, roles, active }: UserView): UserView {
  return { id, login, name, email, locale, roles, active };
}

const sameRoles = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((role) => b.includes(role));

/** Applies a change. A new beak always is one, as nobody can tell whether it equals the old. */
export function changeUser(user: User, changes: UserChanges): ChangeOfUser {
  const roles =
    changes.roles === undefined || sameRoles(changes.roles, user.roles) ? user.roles : changes.roles;
  const next = {
    ...user,
    name: changes.name ?? user.name,
    email: changes.email ?? user.email,
    locale: changes.locale === undefined ? user.locale : changes.locale,
    roles,
    active: changes.active ?? user.active,
  };
  const beak = changes.beak === true;
  const outdatesTokens = beak || next.active !== user.active || roles !== user.roles;
  const changed =
    outdatesTokens || next.name !== user.name || next.email !== user.email || next.locale !== user.locale;
  if (!changed) return { kind: 'unchanged' };
  const deactivated = user.active && !next.active;
  return {
    kind: 'changed',
    user: { ...next, version: user.version + 1, tokenVersion: user.tokenVersion + (outdatesTokens ? 1 : 0) },
    outdatesTokens,
    endsSessions: deactivated ? 'deactivated' : beak ? 'beak_changed' : null,
    losesAdmin: isActiveAdmin(user) && !isActiveAdmin(next),
  };
}
