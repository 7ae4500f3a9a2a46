/** A session as clients see it: where an account is signed in. */
import { boolean, nullable, string, time } from '#schemas/answers.ts';
import { id } from '#schemas/params.ts';

export const session = {
  id: id(),
  openedAt: time(),
  /** The sign-in or the last refresh. */
  usedAt: time(),
  /** The client's address at the last use; null where it is not known. */
  address: nullable(string('192.0.2.7')),
  /** The client's `User-Agent` at the last use. */
  userAgent: nullable(string('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')),
  /** Whether the request that lists the sessions belongs to it. */
  current: boolean(),
} as const;
