/**
 * Deletes facts from which mails were composed, in bounded passes. So the tables contain only facts
 * that are still needed.
 */
import type { Database } from '#mixins/database/database.ts';
import { clearMailedDraws } from '../digests/digest.store.ts';
import { clearClosedDay, clearMailedOperations } from '../payouts/payout.store.ts';

/** Rows that one transaction deletes, which takes some tens of milliseconds. */
const ROWS_A_PASS = 5_000;
/** Payouts or digests whose rows one transaction deletes. */
const MAILS_A_PASS = 500;
/** Milliseconds after which no redelivery can overlap with the composing of a mail any more. */
const KEEP_MS = 60_000;
/**
 * After this many days the lines of a closed day are deleted even if some of its payouts never
 * arrived.
 */
const KEEP_CLOSED_DAYS = 7;

type Clear = (database: Database, keepMs?: number) => Promise<number>;

/**
 * One pass over each kind of facts. The kinds are independent. A pass returns the amount of work it
 * found; 0 means none. `keepMs` is for tests.
 */
export const CLEARINGS: Readonly<Record<'payouts' | 'digests' | 'days', Clear>> = {
  payouts: (database, keepMs = KEEP_MS) =>
    database.inTransaction((tx) => clearMailedOperations(tx, MAILS_A_PASS, ROWS_A_PASS, keepMs)),
  digests: (database, keepMs = KEEP_MS) =>
    database.inTransaction((tx) => clearMailedDraws(tx, MAILS_A_PASS, ROWS_A_PASS, keepMs)),
  days: (database) => database.inTransaction((tx) => clearClosedDay(tx, ROWS_A_PASS, KEEP_CLOSED_DAYS)),
};
