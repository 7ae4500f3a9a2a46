/** Which day postings belong to, and the cut-over from one to the next (design §4, "The day"). */
import { type BusinessDay, type Calendar, daysDue } from '#mixins/calendar.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { holdDay, openDays, readOpenDay, shareDay } from './day.store.ts';

/**
 * Opens every day that is due by the database's clock, in a transaction of its own that takes milliseconds, and returns the open one.
 * Does nothing while the open day lasts; any number of nodes may call it at once.
 */
export function openDueDays(database: Database, calendar: Calendar): Promise<BusinessDay> {
  return database.inTransaction((tx) => cutOver(tx, calendar));
}

async function cutOver(tx: Tx, calendar: Calendar): Promise<BusinessDay> {
  await holdDay(tx);
  const { day, now } = await readOpenDay(tx);
  const due = daysDue(day, now, calendar);
  if (due.length > 0) await openDays(tx, due);
  return due.at(-1) ?? present(day);
}

/** As `openDueDays`, but looks first without the lock: for the loop of each node, which has nothing to do nearly always. */
export async function openDaysInTime(database: Database, calendar: Calendar): Promise<void> {
  const { day, now } = await database.inTransaction(readOpenDay);
  if (daysDue(day, now, calendar).length > 0) await openDueDays(database, calendar);
}

/**
 * The day that the postings of this transaction belong to; it stays open until the transaction ends. First thing in it. Where the day is
 * over and no loop has ended it yet, this transaction does, and others wait for it once: on a connection of its own the cut-over would need
 * one more than all who post hold already, and a pool has no more (measured: all of them stood still for 5 s). A day that runs out while
 * this waits takes these postings still, because nobody has ended it.
 */
export async function dayToPostTo(tx: Tx, calendar: Calendar): Promise<BusinessDay> {
  const before = await readOpenDay(tx);
  if (daysDue(before.day, before.now, calendar).length > 0) return cutOver(tx, calendar);
  await shareDay(tx);
  return present((await readOpenDay(tx)).day);
}

function present(day: BusinessDay | null): BusinessDay {
  if (day === null) throw new Error('No business day is open');
  return day;
}
