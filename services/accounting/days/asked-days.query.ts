/** The business days that a client asks for. */
import { type BusinessDay, dayAfter } from '#mixins/calendar.ts';
import type { Reader } from '#mixins/database/database.ts';
import { type AskedRange, checkRange } from '#mixins/day-range.ts';
import { readOpenDay } from './day.store.ts';

/** Days of a range if none was requested. */
const DEFAULT_DAYS = 30;

/** Both ends are included. */
export interface AskedDays {
  readonly from: BusinessDay;
  readonly to: BusinessDay;
}

/**
 * The range, by default the last 30 days up to the open one. It is empty (`from` is after `to`) if
 * it begins after the open day. Null before the very first day. Throws `validation_failed`.
 */
export async function askedDays(reader: Reader, { from, to }: AskedRange): Promise<AskedDays | null> {
  checkRange({ from, to });
  const last = to ?? (await readOpenDay(reader)).day;
  if (last === null) return null;
  const range = { from: from ?? dayAfter(last, 1 - DEFAULT_DAYS), to: last };
  // A range without an end must keep the bounds, too.
  if (range.from <= range.to) checkRange(range);
  return range;
}
