/**
 * Lists, page by page: pages, cursors that are opaque to clients, and what clients filter by. Pure.
 */
import { invalidField, Problem } from '#schemas/errors.ts';
import { parseJson } from '#schemas/text.ts';

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Gives the next page; null after the last one. */
  readonly nextCursor: string | null;
}

/** Where a page ended: what its last item is ordered by, ties included. */
export type Place = readonly (string | number | null)[];

/** The cursor of a place. */
export function encodeCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place of a cursor; throws `invalid_cursor` for what `encodeCursor` did not make. */
export function decodeCursor(cursor: string): readonly unknown[] {
  const place = parseJson(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(place) || encodeCursor(place) !== cursor) throw new Problem('invalid_cursor');
  return place;
}

/**
 * The place of a cursor whose columns pass these checks, one each; throws `invalid_cursor` for what
 * this list did not make.
 */
export function placeIn<Columns extends readonly unknown[]>(
  cursor: string,
  ...checks: { readonly [Column in keyof Columns]: (value: unknown) => value is Columns[Column] }
): Columns {
  const place = decodeCursor(cursor);
  if (place.length !== checks.length || !checks.every((check, column) => check(place[column]))) {
    throw new Problem('invalid_cursor');
  }
  return place as Columns;
}

/**
 * Makes a page of at most `limit` items from rows read one beyond it: the one more tells whether
 * there is a next page.
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, place: (row: Row) => Place): Page<Row> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown, nextCursor: more ? encodeCursor(place(last)) : null };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether this is an id as we write them: a UUID in lower case. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** `text` for LIKE, which would take `%`, `_` and `\` for more than themselves. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

/** What a time of four digits for its year can name; PostgreSQL knows no year 0. */
const FIRST_TIME = Date.parse('0001-01-01T00:00:00Z');
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

/** Whether milliseconds since 1970 are a time of the years 1 to 9999. */
export function isNameable(time: unknown): time is number {
  return Number.isSafeInteger(time) && Number(time) >= FIRST_TIME && Number(time) <= LAST_TIME;
}

/** The place of an item in a list by time and id. */
export const timedPlace = ({ at, id }: { readonly at: string; readonly id: string }): Place => [
  Date.parse(at),
  id,
];

/** No item of such a list is older than 1970. */
const isItemTime = (at: unknown): at is number => isNameable(at) && at >= 0;

/**
 * The time in milliseconds and the id in a cursor of such a list. Throws `invalid_cursor` for one
 * that it did not make.
 */
export function timedPlaceIn(cursor: string): { readonly at: number; readonly id: string } {
  const [at, id] = placeIn(cursor, isItemTime, isId);
  return { at, id };
}

const DAY_LENGTH = 'YYYY-MM-DD'.length;

/**
 * The time that a param names; a day is its midnight in UTC. The contract lets through what looks
 * like a time: throws `validation_failed`, naming `field`, for one that there never was, such as in
 * 31 June.
 */
export function timeIn(field: string, value: string): Date {
  const time = new Date(value);
  const date = value.slice(0, DAY_LENGTH);
  const day = new Date(date);
  const exists = isNameable(time.getTime()) && !Number.isNaN(day.getTime());
  if (!exists || day.toISOString().slice(0, DAY_LENGTH) !== date) {
    const message = `There is no such time as ${value}`;
    throw invalidField({ field, code: 'date', message }, message);
  }
  return time;
}

/** Whether a time is written as a mere day. */
export function isPlainDay(value: string): boolean {
  return value.length === DAY_LENGTH;
}

/** A half-open range of times. An end that is undefined does not limit it. */
export interface TimeRange {
  readonly from: Date | undefined;
  readonly before: Date | undefined;
}

/**
 * The range of the params `from` and `to`. Throws `validation_failed` for a time that does not
 * exist, and for a range that ends before it begins.
 */
export function timeRangeIn({ from, to }: { from?: string | undefined; to?: string | undefined }): TimeRange {
  const begin = from === undefined ? undefined : timeIn('from', from);
  const end = to === undefined ? undefined : timeIn('to', to);
  if (begin !== undefined && end !== undefined && end < begin) {
    const message = 'The range ends before it begins';
    throw invalidField({ field: 'to', code: 'range', message }, message);
  }
  return { from: begin, before: end };
}
