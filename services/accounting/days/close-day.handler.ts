/**
 * Ends a business day by hand, or previews its close (ACC-6). The closer pays and closes the day.
 */
import { type BusinessDay, calendarOf, dayAfter, daysDue } from '#mixins/calendar.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import { checkDay } from '#mixins/day-range.ts';
import type { Request } from '#mixins/identity/request.ts';
import { Signal } from '#mixins/loops/signal.ts';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { readClosed, recordWhoEnded } from './close-day.store.ts';
import { lockDay, openDays, readOpenDay } from './day.store.ts';
import { type DayView, type PayoutTotals, readDay, readPayoutTotals } from './day-view.store.ts';
import { openDaysInTime } from './open-day.handler.ts';

/** Sent when a day was ended by hand. */
export const dayEnded = new Signal();

/** A request to end a day. */
export interface EndRequest extends Pick<Request, 'cause' | 'idempotency'> {
  /** What the close must pay, or the day is not ended. Missing: anything. */
  readonly expected?: PayoutTotals | undefined;
}

/** The payouts differ from the expected ones. */
class PayoutsDiffer extends Error {}

/**
 * Ends the day if it is the open one. A repeated call changes nothing.
 *
 * Throws `validation_failed`, `not_found` for a day before the first, and `day_not_begun` for a day
 * after the open one. Throws `day_changed` with a preview if the close would not pay what is
 * expected; then the day goes on.
 */
export async function endDay(
  database: Database,
  config: Config,
  day: BusinessDay,
  request: EndRequest,
): Promise<void> {
  checkDay('day', day);
  try {
    await database.inTransaction(async (tx) => {
      await withIdempotency(tx, request.idempotency, () => cutOverByHand(tx, config, day, request));
      dayEnded.sendAfterCommit(tx);
    });
  } catch (error) {
    if (!(error instanceof PayoutsDiffer)) throw error;
    // Read only now, because nobody can post during the transaction.
    const preview = await previewClose(database, config, day);
    const { payouts, totalPaid, currency } = preview;
    const detail = `The close of ${day} would now make ${payouts} payouts of ${totalPaid} in total (minor units of ${currency})`;
    throw new Problem('day_changed', detail, { members: { day: preview } });
  }
}

/**
 * Runs in the transaction of the cut-over, under the exclusive lock. So nobody posts meanwhile, and
 * two simultaneous requests end one day.
 */
async function cutOverByHand(
  tx: Tx,
  config: Config,
  day: BusinessDay,
  { cause, expected }: EndRequest,
): Promise<void> {
  await lockDay(tx);
  const { day: open, now } = await readOpenDay(tx);
  const due = daysDue(open, now, calendarOf(config));
  const current = due.at(-1) ?? open ?? day;
  assertBegun(day, current);
  if (due.length > 0) await openDays(tx, due);
  if ((await readClosed(tx, day)) === undefined) throw noSuchDay(day);
  if (expected != null) await assertPays(tx, day, expected);
  if (day !== current) return;
  await openDays(tx, [dayAfter(day)]);
  await recordWhoEnded(tx, day, cause);
}

/** Throws `PayoutsDiffer` unless the close of the day pays exactly this. */
async function assertPays(tx: Tx, day: BusinessDay, expected: PayoutTotals): Promise<void> {
  const { payouts, totalPaid } = await readPayoutTotals(tx, day);
  if (payouts !== expected.payouts || totalPaid !== expected.totalPaid) throw new PayoutsDiffer();
}

/**
 * What a close would pay now; changes nothing. Without a day it previews the open one. Throws as
 * `endDay` does. It reads one statement, and no posting waits for it.
 */
export async function previewClose(
  database: Database,
  config: Config,
  wanted: BusinessDay | undefined,
): Promise<DayView> {
  const { currency } = config;
  if (wanted !== undefined) checkDay('day', wanted);
  const current = await openDaysInTime(database, calendarOf(config));
  const day = wanted ?? current;
  assertBegun(day, current);
  const totals = await database.inTransaction((tx) => readDay(tx, day));
  if (totals === undefined) throw noSuchDay(day);
  const { due, ...view } = totals;
  return { currency, ...view, payouts: view.payouts + view.toPay, totalPaid: view.totalPaid + due };
}

function assertBegun(day: BusinessDay, current: BusinessDay): void {
  if (day > current) throw new Problem('day_not_begun', `The open business day is ${current}`);
}

const noSuchDay = (day: BusinessDay): Problem => new Problem('not_found', `There was no business day ${day}`);

/**
 * Reads the progress of a close from the primary, because a replica may lag behind the end of the
 * day. Throws `not_found` for a day before the first.
 */
export async function viewDay(
  database: Database,
  { currency }: Pick<Config, 'currency'>,
  day: BusinessDay,
): Promise<DayView> {
  const totals = await database.inTransaction((tx) => readDay(tx, day));
  if (totals === undefined) throw noSuchDay(day);
  const { due: _, ...view } = totals;
  return { currency, ...view };
}

/** Whether the day is closed, on the primary. */
export async function isClosed(database: Database, day: BusinessDay): Promise<boolean> {
  return (await database.inTransaction((tx) => readClosed(tx, day))) === true;
}
