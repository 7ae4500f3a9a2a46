/** The day that postings belong to, and the cut-over from one day to the next (ACC-5). */
import { type BusinessDay, type Calendar, daysDue } from '#mixins/calendar.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { lockDay, lockDayShared, openDays, readOpenDay } from './day.store.ts';

/**
 * Opens every day that is due by the database's clock, and returns the open one. It uses its own
 * transaction, which takes milliseconds. It does nothing while the open day lasts. Any number of
 * nodes may call it at once.
 */
export function openDueDays(database: Database, calendar: Calendar): Promise<BusinessDay> {
  return database.inTransaction((tx) => cutOver(tx, calendar));
}

async function cutOver(tx: Tx, calendar: Calendar): Promise<BusinessDay> {
  await lockDay(tx);
  const { day, now } = await readOpenDay(tx);
  const due = daysDue(day, now, calendar);
  if (due.length > 0) await openDays(tx, due);
  return due.at(-1) ?? present(day);
}

/**
 * Like `openDueDays`, but first checks without the lock, because a day is rarely due. So it neither
 * waits for postings nor holds them up.
 */
export async function openDaysInTime(database: Database, calendar: Calendar): Promise<BusinessDay> {
  const { day, now } = await database.inTransaction(readOpenDay);
  return daysDue(day, now, calendar).length > 0 ? openDueDays(database, calendar) : present(day);
}

/**
 * The day that the postings of this transaction belong to. It stays open until the transaction
 * ends. Call it first in the transaction.
 *
 * If the day is over and no loop has ended it yet, this transaction ends it, and the others wait
 * once. A separate connection for the cut-over is no option. The posters already hold all
 * connections of the pool (measured: all of them were blocked for 5 s).
 *
 * A day that is over while this call waits still takes these postings, because nobody has ended it.
 */
export async function dayToPostTo(tx: Tx, calendar: Calendar): Promise<BusinessDay> {
  const before = await readOpenDay(tx);
  if (daysDue(before.day, before.now, calendar).length > 0) return cutOver(tx, calendar);
  await lockDayShared(tx);
  return present((await readOpenDay(tx)).day);
}

function present(day: BusinessDay | null): BusinessDay {
  if (day === null) throw new Error('No business day is open');
  return day;
}
