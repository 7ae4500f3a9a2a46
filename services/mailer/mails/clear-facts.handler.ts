/** Deletes what mails were made of, bit by bit (bounded passes), so that the tables of facts hold only what is still needed. */
import type { Database } from '#mixins/database/database.ts';
import { clearMailedDraws } from '../digests/digest.store.ts';
import { clearClosedDay, clearMailedOperations } from '../payouts/payout.store.ts';

/** Rows deleted in one transaction: some tens of milliseconds. */
const ROWS_A_PASS = 5_000;
/** Payouts, or digests, whose rows are looked for in one transaction. */
const MAILS_A_PASS = 500;
/** Redeliveries that overlapped with the making of a mail are over by then, in milliseconds. */
const KEEP_MS = 60_000;
/** After this many days lines of a closed day go even if not all of its payouts were heard of. */
const KEEP_CLOSED_DAYS = 7;

type Clear = (database: Database, keepMs?: number) => Promise<number>;

/** One pass over each kind, independent of the others. Each returns how much there was to do; 0: nothing. `keepMs` for tests. */
export const CLEARINGS: Readonly<Record<'payouts' | 'digests' | 'days', Clear>> = {
  payouts: (database, keepMs = KEEP_MS) =>
    database.inTransaction((tx) => clearMailedOperations(tx, MAILS_A_PASS, ROWS_A_PASS, keepMs)),
  digests: (database, keepMs = KEEP_MS) =>
    database.inTransaction((tx) => clearMailedDraws(tx, MAILS_A_PASS, ROWS_A_PASS, keepMs)),
  days: (database) => database.inTransaction((tx) => clearClosedDay(tx, ROWS_A_PASS, KEEP_CLOSED_DAYS)),
};
