/** Cursors of this service's lists: the two columns that each is ordered by. */
import { decodeCursor } from '../../mixins/lists.ts';
import { Problem } from '../../schemas/errors.ts';

/** The place where a page ended. */
export type Place<Second extends string | number> = readonly [first: string, second: Second];

/** Reads a cursor; throws `invalid_cursor` for what this list did not make. */
export function placeIn<Second extends string | number>(
  cursor: string,
  isPlace: (first: string, second: unknown) => second is Second,
): Place<Second> {
  const [first, second, ...more] = decodeCursor(cursor);
  if (typeof first === 'string' && more.length === 0 && isPlace(first, second)) return [first, second];
  throw new Problem('invalid_cursor');
}
