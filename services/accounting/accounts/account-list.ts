/** The list of accounts: its orders, and where a page ends (ACC-3). */
import { isId, type Place, placeIn } from '#mixins/lists.ts';
import type { ActionItem, ActionParams } from '#schemas/action.ts';
import type accountsAction from '#schemas/actions/accounting/accounts.ts';

export type AccountSort = ActionParams<typeof accountsAction>['sort'];
export type AccountItem = ActionItem<typeof accountsAction>;

/** The columns by which an account is ordered: its balance where the order is by balance. */
export type AccountPlace = readonly [name: string, id: string] | readonly [number, string, string];

/** Cursors of an order by balance name it. Others keep the form of older cursors. */
export function placeOf(sort: AccountSort, { name, userId, balance }: AccountItem): Place {
  return sort === 'name' ? [name, userId] : [sort, balance, name, userId];
}

/** Throws `invalid_cursor`, also for a cursor of another order. */
export function accountPlace(sort: AccountSort, cursor: string): AccountPlace {
  if (sort === 'name') return placeIn(cursor, isName, isId);
  const isSort = (value: unknown): value is AccountSort => value === sort;
  const [, balance, name, id] = placeIn(cursor, isSort, isBalance, isName, isId);
  return [balance, name, id];
}

const isName = (name: unknown): name is string => typeof name === 'string' && !name.includes('\0');
const isBalance = (value: unknown): value is number => Number.isSafeInteger(value);
