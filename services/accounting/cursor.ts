/** Cursors of lists: where a page ended, opaque to clients. */
import { Problem } from '../../schemas/errors.ts';

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Gives the next page; null after the last one. */
  readonly nextCursor: string | null;
}

/** The place where a page ended: the two columns that the list is ordered by. */
export type Place<Second extends string | number> = readonly [first: string, second: Second];

/** Makes a page of at most `limit` items from rows read one beyond it. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  place: (row: Row) => Place<string | number>,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: shown.map(item),
    nextCursor: more ? Buffer.from(JSON.stringify(place(last))).toString('base64url') : null,
  };
}

/** Reads a cursor; throws `invalid_cursor` for what this list did not make. */
export function placeIn<Second extends string | number>(
  cursor: string,
  isPlace: (first: string, second: unknown) => second is Second,
): Place<Second> {
  const value = parsed(cursor);
  if (Array.isArray(value) && value.length === 2) {
    const [first, second]: unknown[] = value;
    if (typeof first === 'string' && isPlace(first, second)) return [first, second];
  }
  throw new Problem('invalid_cursor');
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null; // What is no JSON is no place either.
  }
}
