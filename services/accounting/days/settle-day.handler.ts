/**
 * Closes business days in bounded passes (ACC-5, ACC-6). Each pass is one transaction, which
 * commits payouts, their events and the cursor together. So after a crash any node continues after
 * the last chunk, and nobody is paid twice.
 */
import { type BusinessDay, dayAfter } from '#mixins/calendar.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import type { ItemWork, LoopItem, Took } from '#mixins/loops/item-work.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { Config } from '../../../config.ts';
import { bookPayouts } from '../journal/book-lines.step.ts';
import { lockAccountsById, lockFreeAccountsById } from '../journal/journal.store.ts';
import { sealedHead } from '../seal/seal.store.ts';
import {
  CLOSE,
  type DayToClose,
  type DueAccount,
  lockCloser,
  markClosed,
  markSettled,
  oldestUnclosed,
  readUnpaid,
  recordSettled,
  type Scan,
  scanAccounts,
  tryLockCloser,
} from './close-day.store.ts';
import { lockDay, lockDayShared, readOpenDay } from './day.store.ts';
import { dayClosedEvent } from './day-closed.ts';

/** The result of one pass. */
export type ClosePass =
  /** Every ended day is closed. */
  | { readonly outcome: 'idle' }
  /** Another node is closing. */
  | { readonly outcome: 'standby' }
  /** A chunk was settled, and so many accounts were handled. Or there were none left. */
  | { readonly outcome: 'settled'; readonly day: BusinessDay; readonly accounts: number }
  /** All payouts are booked. The seal is still missing. */
  | { readonly outcome: 'waiting'; readonly day: BusinessDay }
  | { readonly outcome: 'closed'; readonly day: BusinessDay };

/**
 * The most accounts of a pass. Postings of their owners wait until it commits: some 30 ms while
 * nobody posts (measured).
 */
export const ACCOUNTS_A_CHUNK = 1_000;

/**
 * How many of these accounts are only paid, where no other transaction has locked them. They come
 * after the chunk that the pass settles. So most accounts are paid before they are settled, and a
 * pass rarely waits for a posting while other postings wait for the pass.
 */
const aheadOf = (accounts: number): number => Math.floor(accounts / 2);

/**
 * One bounded pass over the oldest day to close. Any number of nodes may call it at once; one of
 * them works. At most `ahead` of the accounts are paid before they are settled.
 */
export function closeOnce(
  database: Database,
  { currency }: Pick<Config, 'currency'>,
  accounts = ACCOUNTS_A_CHUNK,
  took: Took = () => {},
  ahead = aheadOf(accounts),
): Promise<ClosePass> {
  return database.inTransaction(async (tx) => {
    if (!(await tryLockCloser(tx))) return { outcome: 'standby' };
    const day = await oldestUnclosed(tx);
    if (day === undefined) return { outcome: 'idle' };
    if (day.settled) return finish(tx, day, currency);
    return settleChunk(tx, day, currency, await scanAccounts(tx, day, accounts - ahead, ahead), took);
  });
}

/**
 * Pays the scanned accounts that are due and have known owners, and moves the cursor past the
 * chunk. The next posting to an account may pay it between the scan and the lock. Such an account
 * is no longer due, and had no debt. Accounts of the chunk that are not paid are locked as well,
 * until the cursor has passed them. A posting that finds their owner known afterwards must not pay
 * them on this day.
 *
 * The accounts ahead are locked last and without waiting. So locks are still waited for in id
 * order, and cannot deadlock.
 */
async function settleChunk(
  tx: Tx,
  day: DayToClose,
  currency: string,
  { lastAccountId, due, ahead, debts, debtors, unpaid }: Scan,
  took: Took,
): Promise<ClosePass> {
  if (lastAccountId === null) {
    await markSettled(tx, day.day);
    return { outcome: 'settled', day: day.day, accounts: 0 };
  }
  took([...due, ...ahead].map((account) => payoutItem(account, day.day)));
  const accounts = await lockAccountsById(tx, idsOf(due));
  const free = await lockFreeAccountsById(tx, idsOf(ahead));
  const paid = await bookPayouts(tx, new Map([...accounts, ...free]), dayAfter(day.day), currency);
  const leftOver = idsOf(due).filter((id) => !paid.has(id));
  await recordSettled(tx, day.day, lastAccountId, {
    debts,
    debtors,
    unpaid: unpaid + (await readUnpaid(tx, day.day, leftOver)),
  });
  return { outcome: 'settled', day: day.day, accounts: paid.size + leftOver.length };
}

const idsOf = (accounts: readonly DueAccount[]): number[] => accounts.map(({ id }) => id);

async function finish(tx: Tx, day: DayToClose, currency: string): Promise<ClosePass> {
  const seal = await sealedHead(tx, day.day);
  if (seal === null) return { outcome: 'waiting', day: day.day };
  const closed = await markClosed(tx, day.day, seal);
  await appendEvents(tx, [dayClosedEvent(closed, currency, day.cause)]);
  return { outcome: 'closed', day: day.day };
}

/** The payout of an account that a day owes its balance. */
function payoutItem({ id: accountId, ownerId }: DueAccount, day: BusinessDay): LoopItem {
  const data = { day, accountId, ownerId };
  const key = `payout:${ownerId}:${day}`;
  return { key, type: 'accounting.payout', subject: `account/${ownerId}`, data };
}

/**
 * The loop `accounting-close`. Its items are the payouts of a day. An account that cannot be paid
 * keeps its balance, and the next close pays it. A day is not an item: later days wait for it,
 * because balances carry over from one day to the next.
 */
export function closeWork(
  database: Database,
  config: Pick<Config, 'currency'>,
  most = ACCOUNTS_A_CHUNK,
): ItemWork<ClosePass> {
  return {
    name: CLOSE,
    database,
    most,
    // The cursor would move past a waiting account.
    canWait: false,
    // A smaller pass looks for a bad item, which must be at the head of the chunk.
    pass: (limit, took) => closeOnce(database, config, limit, took, limit < most ? 0 : aheadOf(most)),
    async skip(tx, { data }) {
      const [day, accountId] = [String(data.day), Number(data.accountId)];
      // The account itself may be locked for ever. So this waits for all transactions that could
      // pay it on this day. Later ones see the cursor after it.
      await lockCloser(tx);
      await lockDay(tx);
      const unpaid = await readUnpaid(tx, day, [accountId]);
      await recordSettled(tx, day, accountId, { debts: 0, debtors: 0, unpaid });
    },
    // Its day has passed the account. A later ended day pays it now, or else the next close does.
    async redrive(tx, { data }) {
      await lockDayShared(tx);
      const accounts = await lockAccountsById(tx, [Number(data.accountId)]);
      const { day } = await readOpenDay(tx);
      if (day !== null) await bookPayouts(tx, accounts, day, config.currency);
    },
    // The balance stays, and the next close pays it.
    discard: async () => {},
  };
}
