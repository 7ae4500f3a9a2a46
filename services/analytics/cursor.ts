/** Cursors of lists: the last item of a page, opaque to clients. */
import { Problem } from '../../schemas/errors.ts';

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Gives the next page; null after the last one. */
  readonly nextCursor: string | null;
}

export function cursorAt(place: string): string {
  return Buffer.from(JSON.stringify([place])).toString('base64url');
}

/** Reads a cursor; throws `invalid_cursor` for what this list did not make. */
export function placeIn(cursor: string, isPlace: (text: string) => boolean): string {
  const [place, ...more] = parsed(cursor);
  if (typeof place !== 'string' || more.length > 0 || !isPlace(place)) throw new Problem('invalid_cursor');
  return place;
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
