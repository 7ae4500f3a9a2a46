/**
 * Shows business days, their payouts, and the company's results by day (ACC-4, ACC-5, ACC-6).
 */
import { type BusinessDay, isBusinessDay } from '#mixins/calendar.ts';
import type { Database } from '#mixins/database/database.ts';
import { checkDay, MAX_RANGE_DAYS } from '#mixins/day-range.ts';
import { isId, type Page, pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionAnswer, ActionItem, ActionParams } from '#schemas/action.ts';
import type companyAction from '#schemas/actions/accounting/company.ts';
import type daysAction from '#schemas/actions/accounting/days.ts';
import type payoutsAction from '#schemas/actions/accounting/payouts.ts';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { type AskedDays, askedDays } from './asked-days.query.ts';
import {
  type DayTotals,
  type DayView,
  readCompanyDays,
  readDay,
  readDays,
  readToday,
} from './day-view.store.ts';
import { payoutIdOf } from './payout.ts';
import { type PayoutRow, readPayouts } from './payout-view.store.ts';

type DayItem = ActionItem<typeof daysAction>;
type PayoutItem = ActionItem<typeof payoutsAction>;

/**
 * Throws `validation_failed`, or `not_found` for a day that has not begun or is before the first.
 */
export async function showDay(
  database: Database,
  { currency }: Pick<Config, 'currency'>,
  day: BusinessDay,
): Promise<DayView> {
  checkDay('day', day);
  return { currency, ...shown(await readDay(database, day)) };
}

/** The open day. Throws `not_found` before the very first. */
export async function showToday(database: Database): Promise<DayItem> {
  return shown(await readToday(database));
}

function shown(totals: DayTotals | undefined): DayItem {
  if (totals === undefined) throw new Problem('not_found');
  const { due: _, ...day } = totals;
  return day;
}

/** Without `limit` the whole range is one page. Throws `validation_failed` or `invalid_cursor`. */
export async function listDays(
  database: Database,
  params: ActionParams<typeof daysAction>,
): Promise<Page<DayItem>> {
  const page = await pageOfDays(database, params, readDays);
  return { ...page, items: page.items.map(shown) };
}

/**
 * Throws `validation_failed`, `invalid_cursor`, or `not_found` for a day that has not begun or is
 * before the first.
 */
export async function listPayouts(
  database: Database,
  { day, limit, cursor }: ActionParams<typeof payoutsAction>,
): Promise<Page<PayoutItem>> {
  checkDay('day', day);
  const place = cursor === undefined ? null : placeIn(cursor, isAmount, isId);
  const rows = await readPayouts(database, day, place, limit + 1);
  if (rows.length === 0 && (await readDay(database, day)) === undefined) throw new Problem('not_found');
  const page = pageOf(rows, limit, ({ amount, userId }) => [amount, userId]);
  return { ...page, items: page.items.map(payoutItem) };
}

function payoutItem({ key, ...row }: PayoutRow): PayoutItem {
  return { ...row, payoutId: key === null ? null : payoutIdOf(key) };
}

const isAmount = (value: unknown): value is number => Number.isSafeInteger(value);

/** As `listDays`. */
export async function readCompany(
  database: Database,
  { currency }: Pick<Config, 'currency'>,
  params: ActionParams<typeof companyAction>,
): Promise<ActionAnswer<typeof companyAction>> {
  return { currency, ...(await pageOfDays(database, params, readCompanyDays)) };
}

/** A page of days, the newest first. Without `limit` it has the whole range. */
async function pageOfDays<Item extends { readonly businessDay: BusinessDay }>(
  database: Database,
  params: Pick<ActionParams<typeof companyAction>, 'from' | 'to' | 'limit' | 'cursor'>,
  read: (reader: Database, range: AskedDays, before: BusinessDay | null, limit: number) => Promise<Item[]>,
): Promise<Page<Item>> {
  const range = await askedDays(database, params);
  const [before] = params.cursor === undefined ? [null] : placeIn(params.cursor, isBusinessDay, isZero);
  if (range === null) return { items: [], nextCursor: null };
  // Null counts as missing, although the type does not have it.
  const limit = params.limit ?? MAX_RANGE_DAYS;
  const days = await read(database, range, before, limit + 1);
  return pageOf(days, limit, ({ businessDay }) => [businessDay, 0]);
}

/** A day is one line of the list. The number 0 keeps the form of older cursors. */
const isZero = (number: unknown): number is 0 => number === 0;
