/** Creates the missing accounts of a booking, then locks all of its accounts. */
import type { Tx } from '#mixins/database/database.ts';
import { keepUsers, STUB_NAME } from '../accounts/user-copy.store.ts';
import { insertAccounts, lockAccounts } from './journal.store.ts';
import { type Account, EMPLOYEE, type Owner, ownerKey } from './journal.ts';

/** Locked accounts by `ownerKey`. An unknown employee gets a stub as name. */
export async function openAccounts(tx: Tx, owners: readonly Owner[]): Promise<ReadonlyMap<string, Account>> {
  const distinct = [...new Map(owners.map((owner) => [ownerKey(owner), owner])).values()];
  if (distinct.length === 0) return new Map();
  const opened = await insertAccounts(tx, distinct);
  const employees = opened.filter(({ type }) => type === EMPLOYEE);
  if (employees.length > 0) {
    await keepUsers(
      tx,
      employees.map(({ id }) => ({ id, name: STUB_NAME, version: 0 })),
    );
  }
  return lockAccounts(tx, distinct);
}
