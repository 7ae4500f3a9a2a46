/** Cursors of this service's lists: the one column that each is ordered by. */
import { decodeCursor } from '../../mixins/lists.ts';
import { Problem } from '../../schemas/errors.ts';

/** Reads a cursor; throws `invalid_cursor` for what this list did not make. */
export function placeIn(cursor: string, isPlace: (text: string) => boolean): string {
  const [place, ...more] = decodeCursor(cursor);
  if (typeof place !== 'string' || more.length > 0 || !isPlace(place)) throw new Problem('invalid_cursor');
  return place;
}
