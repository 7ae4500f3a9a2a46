/**
 * Ends a business day by hand, or previews its close (ACC-6). The closer pays and closes the day.
 */
import { type BusinessDay, calendarOf, dayAfter, daysDue } from '#mixins/calendar.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import { checkDay } from '#mixins/day-range.ts';
import type { Request } from '#mixins/identity/request.ts';
import { Signal } from '#mixins/loops/signal.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { recordWhoEnded } from './close-day.store.ts';
import { lockDay, openDays, readOpenDay } from './day.store.ts';
import { type DayView, readDay, readPreview } from './day-view.store.ts';
import { openDueDays } from './open-day.handler.ts';

/** Sent when a day was ended by hand. */
export const dayEnded = new Signal();

/**
 * Ends the day if it is the open one, and returns the progress of its close. A repeated call
 * changes nothing.
 *
 * Throws `validation_failed`, `not_found` for a day before the first, and `day_not_begun` for a day
 * after the open one.
 */
export async function endDay(
  database: Database,
  config: Config,
  day: BusinessDay,
  { cause, idempotency }: Pick<Request, 'cause' | 'idempotency'>,
): Promise<DayView> {
  checkDay('day', day);
  return database.inTransaction(async (tx) => {
    await withIdempotency(tx, idempotency, () => cutOverByHand(tx, config, day, cause));
    dayEnded.sendAfterCommit(tx);
    return viewOf(tx, day, config.currency);
  });
}

/**
 * Runs in the transaction of the cut-over, under the exclusive lock. So nobody posts meanwhile, and
 * two simultaneous requests end one day.
 */
async function cutOverByHand(tx: Tx, config: Config, day: BusinessDay, cause: Cause): Promise<void> {
  await lockDay(tx);
  const { day: open, now } = await readOpenDay(tx);
  const due = daysDue(open, now, calendarOf(config));
  const current = due.at(-1) ?? open ?? day;
  assertBegun(day, current);
  const opening = day === current ? [...due, dayAfter(day)] : due;
  if (opening.length > 0) await openDays(tx, opening);
  if (day === current) await recordWhoEnded(tx, day, cause);
  // Throws before anything is committed if there was no such day.
  else await viewOf(tx, day, config.currency);
}

/**
 * What a close would pay now; changes nothing. Without a day it previews the open one. Throws as
 * `endDay` does.
 */
export async function previewClose(
  database: Database,
  config: Config,
  wanted: BusinessDay | undefined,
): Promise<DayView> {
  const { currency } = config;
  if (wanted !== undefined) checkDay('day', wanted);
  const current = await openDueDays(database, calendarOf(config));
  const day = wanted ?? current;
  assertBegun(day, current);
  return database.inTransaction(async (tx) => {
    const view = await viewOf(tx, day, currency);
    return view.status === 'closed' ? view : { ...view, ...(await readPreview(tx, day)) };
  });
}

function assertBegun(day: BusinessDay, current: BusinessDay): void {
  if (day > current) throw new Problem('day_not_begun', `The open business day is ${current}`);
}

/**
 * Reads the progress of a close from the primary, because a replica may lag behind the end of the
 * day.
 */
export function viewDay(database: Database, { currency }: Config, day: BusinessDay): Promise<DayView> {
  return database.inTransaction((tx) => viewOf(tx, day, currency));
}

/** Throws `not_found` for a day before the first. */
async function viewOf(tx: Tx, day: BusinessDay, currency: string): Promise<DayView> {
  const view = await readDay(tx, day, currency);
  if (view === undefined) throw new Problem('not_found', `There was no business day ${day}`);
  return view;
}
