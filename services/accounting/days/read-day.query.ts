/** Shows a business day, and the company's results by day (ACC-4, ACC-6). */
import { type BusinessDay, isBusinessDay } from '#mixins/calendar.ts';
import type { Database } from '#mixins/database/database.ts';
import { checkDay, MAX_RANGE_DAYS } from '#mixins/day-range.ts';
import { pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionAnswer, ActionParams } from '#schemas/action.ts';
import type companyAction from '#schemas/actions/accounting/company.ts';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { askedDays } from './asked-days.query.ts';
import { type DayView, readCompanyDays, readDay } from './day-view.store.ts';

/**
 * Throws `validation_failed`, or `not_found` for a day that has not begun or is before the first.
 */
export async function showDay(database: Database, config: Config, day: BusinessDay): Promise<DayView> {
  checkDay('day', day);
  const view = await readDay(database, day, config.currency);
  if (view === undefined) throw new Problem('not_found');
  return view;
}

/** Without `limit` the whole range is one page. Throws `validation_failed` or `invalid_cursor`. */
export async function readCompany(
  database: Database,
  { currency }: Config,
  params: ActionParams<typeof companyAction>,
): Promise<ActionAnswer<typeof companyAction>> {
  const range = await askedDays(database, params);
  const [before] = params.cursor === undefined ? [null] : placeIn(params.cursor, isBusinessDay, isZero);
  if (range === null) return { currency, items: [], nextCursor: null };
  const limit = params.limit ?? MAX_RANGE_DAYS;
  const days = await readCompanyDays(database, range, before, limit + 1);
  return { currency, ...pageOf(days, limit, ({ businessDay }) => [businessDay, 0]) };
}

/** A day is one line of the list. The number 0 keeps the form of older cursors. */
const isZero = (number: unknown): number is 0 => number === 0;
