/** Closes a business day by hand (ACC-6), or rehearses it. */
import { setTimeout as delay } from 'node:timers/promises';
import { type BusinessDay, calendarOf, dayAfter, daysDue } from '#mixins/calendar.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import { checkDay } from '#mixins/day-range.ts';
import type { Request } from '#mixins/identity/request.ts';
import type { ActionParams } from '#schemas/action.ts';
import type closeAction from '#schemas/actions/accounting/close-day.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { recordWhoEnded } from './close-day.store.ts';
import { holdDay, openDays, readOpenDay } from './day.store.ts';
import { readDay, readRehearsal } from './day-view.store.ts';
import type { DayView } from './day-view.ts';
import { openDueDays } from './open-day.handler.ts';

/** How long an answer waits for the close to finish, in milliseconds: well below the time that a request may take. */
const WAIT_MS = 2_000;
/** Pause between two looks at it, in milliseconds. */
const LOOK_AGAIN_MS = 25;

/**
 * Ends the day where it is the open one, and answers with how far its close is: `closed` where that took less than two seconds. Doing it
 * again changes nothing. `onEnded` is called once it has ended, to wake the closer. A rehearsal changes nothing and tells what would be paid.
 *
 * Throws `validation_failed`, `not_found` for a day before the first, and `day_not_begun` for one after the open day.
 */
export async function closeDay(
  database: Database,
  config: Config,
  { day, dryRun }: ActionParams<typeof closeAction>,
  { cause, idempotency }: Pick<Request, 'cause' | 'idempotency'>,
  onEnded: () => void,
  waitMs = WAIT_MS,
): Promise<DayView> {
  checkDay('day', day);
  if (dryRun === true) return rehearseClose(database, config, day);
  await database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, () => endDay(tx, config, day, cause)),
  );
  onEnded();
  const waitUntil = performance.now() + waitMs;
  for (;;) {
    // From the primary: a replica may not have heard of the end yet.
    const view = await database.inTransaction((tx) => viewOf(tx, day, config.currency));
    if (view.status === 'closed' || performance.now() >= waitUntil) return view;
    await delay(LOOK_AGAIN_MS);
  }
}

/** In the transaction of the cut-over: nobody posts meanwhile, and two who press at once end one day. */
async function endDay(tx: Tx, config: Config, day: BusinessDay, cause: Cause): Promise<void> {
  await holdDay(tx);
  const { day: open, now } = await readOpenDay(tx);
  const due = daysDue(open, now, calendarOf(config));
  const current = due.at(-1) ?? open ?? day;
  assertBegun(day, current);
  const opening = day === current ? [...due, dayAfter(day)] : due;
  if (opening.length > 0) await openDays(tx, opening);
  if (day === current) await recordWhoEnded(tx, day, cause);
  // Before anything is committed: there may have been no such day.
  else await viewOf(tx, day, config.currency);
}

/** What a close would pay now, changing nothing; of the open day where none is named. Throws as `closeDay` does. */
export async function rehearseClose(
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
    return view.status === 'closed' ? view : { ...view, ...(await readRehearsal(tx, day)) };
  });
}

function assertBegun(day: BusinessDay, current: BusinessDay): void {
  if (day > current) throw new Problem('day_not_begun', `The open business day is ${current}`);
}

/** Throws `not_found` for a day before the first. */
async function viewOf(tx: Tx, day: BusinessDay, currency: string): Promise<DayView> {
  const view = await readDay(tx, day, currency);
  if (view === undefined) throw new Problem('not_found', `There was no business day ${day}`);
  return view;
}
