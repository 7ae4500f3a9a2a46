/** Accounts, and the rules of changing them (AUTH-2 to AUTH-5). */
import type { user as userAnswer } from '#schemas/answers/user.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import { login as loginRule } from '#schemas/fields/auth.ts';

/** The role that may manage accounts. */
export const ADMIN = 'admin';

/** An account as clients see it. */
export type UserView = AnswerOf<typeof userAnswer>;

/** The stored fields of an account that clients see. */
export interface Account extends Omit<UserView, 'createdAt' | 'lastSignInAt'> {
  readonly createdAt: Date;
  /** Null where the account never signed in. */
  readonly lastSignInAt: Date | null;
}

/** An account without its beak. */
export interface User extends Account {
  /** Sequence of the account's events. */
  readonly version: number;
  /** Access tokens with a lower version are refused. */
  readonly tokenVersion: number;
}

/** The requested changes of an account; undefined fields stay. */
export interface UserChanges {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  /** Null removes the locale. */
  readonly locale?: string | null | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly active?: boolean | undefined;
  readonly mustChangeBeak?: boolean | undefined;
  /** Whether there is a new beak; the beak itself is not needed here. */
  readonly beak?: boolean | undefined;
}

/**
 * The changes that a request names. A null field is not a change, except that a null locale removes
 * the locale.
 */
export function namedChanges<T extends object>(params: T): Partial<T> {
  const named = Object.entries(params).filter(
    ([field, value]) => value !== undefined && (value !== null || field === 'locale'),
  );
  return Object.fromEntries(named) as Partial<T>;
}

/** The result of a change. */
export type ChangeOfUser =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'changed';
      readonly user: User;
      /** Whether tokens that are already issued become invalid. */
      readonly outdatesTokens: boolean;
      /** Why all sessions of the account end; null when they go on. */
      readonly endsSessions: 'deactivated' | 'beak_changed' | null;
      /** Whether the account was an active admin and no longer is. */
      readonly losesAdmin: boolean;
    };

/** Whether the text is a valid login. */
export const isLogin = (text: unknown): text is string =>
  typeof text === 'string' && loginRule.pattern.test(text);

/** Whether the account counts as an active admin (AUTH-5). */
const isActiveAdmin = (user: Pick<User, 'active' | 'roles'>): boolean =>
  user.active && user.roles.includes(ADMIN);

/** Leaves out fields that clients do not see. */
export function viewOf(account: Account): UserView {
  const { id, login, name, email, locale, roles, active, mustChangeBeak, createdAt, lastSignInAt } = account;
  return {
    id,
    login,
    name,
    email,
    locale,
    roles,
    active,
    mustChangeBeak,
    createdAt: createdAt.toISOString(),
    lastSignInAt: lastSignInAt?.toISOString() ?? null,
  };
}

const sameRoles = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((role) => b.includes(role));

/**
 * Applies a change. A new beak always counts as a change, because it can't be compared with the old
 * one.
 */
export function changeUser(user: User, changes: UserChanges): ChangeOfUser {
  const beak = changes.beak === true;
  const roles =
    changes.roles === undefined || sameRoles(changes.roles, user.roles) ? user.roles : changes.roles;
  const next = {
    ...user,
    name: changes.name ?? user.name,
    email: changes.email ?? user.email,
    locale: changes.locale === undefined ? user.locale : changes.locale,
    roles,
    active: changes.active ?? user.active,
    // A new beak is what the admin required.
    mustChangeBeak: changes.mustChangeBeak ?? (user.mustChangeBeak && !beak),
  };
  const outdatesTokens = beak || next.active !== user.active || roles !== user.roles;
  const fields = ['name', 'email', 'locale', 'mustChangeBeak'] as const;
  if (!outdatesTokens && fields.every((field) => next[field] === user[field])) return { kind: 'unchanged' };
  const deactivated = user.active && !next.active;
  return {
    kind: 'changed',
    user: { ...next, version: user.version + 1, tokenVersion: user.tokenVersion + (outdatesTokens ? 1 : 0) },
    outdatesTokens,
    endsSessions: deactivated ? 'deactivated' : beak ? 'beak_changed' : null,
    losesAdmin: isActiveAdmin(user) && !isActiveAdmin(next),
  };
}
