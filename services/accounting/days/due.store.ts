/** SQL of what an unclosed day still has to pay, and of the debts that it leaves (ACC-5). */
import { IS_KNOWN } from '../accounts/user-copy.store.ts';
import { EMPLOYEE } from '../journal/journal.ts';

/**
 * The accounts that the close of a day would pay now, with a column for each of `columns`. `day` is
 * an SQL expression. A day that is settled pays nobody any more.
 *
 * An account is due if its newest line is of that day or before, and its owner is known. It is not
 * due if an earlier day will pay it, or the closer has passed it. Few days are not settled, so each
 * account costs no look-up of days.
 */
export const dueAccounts = (day: string, columns: string): string =>
  `SELECT ${columns} FROM business_day AS paying
   JOIN account ON last_day <= paying.day AND account.id > paying.settled_account_id
   JOIN user_copy ON user_copy.id = owner_id AND ${IS_KNOWN}
   WHERE paying.day = ${day} AND paying.settled_at IS NULL AND owner_type = '${EMPLOYEE}' AND balance > 0
     AND NOT EXISTS (
       SELECT FROM business_day AS earlier
       WHERE earlier.day >= last_day AND earlier.day < paying.day AND earlier.closed_at IS NULL
         AND earlier.settled_at IS NULL AND earlier.settled_account_id < account.id
     )`;

/**
 * The balances at the end of a day of the accounts after `accountId`, in the columns `id` and
 * `balance`. An account with a later line has the balance of its last line up to that day.
 */
export const balancesAt = (day: string, accountId: string): string =>
  `SELECT account.id, CASE WHEN last_day > ${day} THEN (
     SELECT balance_after FROM entry
     WHERE account_id = account.id AND entry.business_day <= ${day} AND account_sequence IS NOT NULL
     ORDER BY entry.business_day DESC, account_sequence DESC LIMIT 1
   ) ELSE balance END AS balance
   FROM account WHERE owner_type = '${EMPLOYEE}' AND account.id > ${accountId}`;
