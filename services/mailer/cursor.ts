/** The cursor of the list of mails: the position behind which it goes on, opaque to clients. Pure. */
import { Problem } from '../../schemas/errors.ts';

export function cursorAt(position: number): string {
  return Buffer.from(`mails ${position}`).toString('base64url');
}

/** Throws `invalid_cursor` for what `cursorAt` did not make. */
export function positionOf(cursor: string): number {
  const match = /^mails (\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString());
  const position = Number(match?.[1]);
  if (match === null || !Number.isSafeInteger(position)) throw new Problem('invalid_cursor');
  return position;
}
