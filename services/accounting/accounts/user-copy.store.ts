/** The copy of auth's users. */
import type { Tx } from '#mixins/database/database.ts';
import { newestOf } from '#mixins/newest.ts';

/** The name of a user until the first user event arrives. */
export const STUB_NAME = 'unknown';

/** Whether a row of `user_copy` is a known user. Otherwise it is a stub. */
export const IS_KNOWN = 'user_copy.version > 0';

export interface UserCopy {
  readonly id: string;
  readonly name: string;
  /** The user's version. A newer one replaces an older one. */
  readonly version: number;
}

/** Keeps the newest version of each user. */
export async function keepUsers(tx: Tx, users: readonly UserCopy[]): Promise<void> {
  // UUIDs may come in upper case. One statement must not contain a user twice.
  const copies = users.map((user) => ({ ...user, id: user.id.toLowerCase() }));
  // All batches insert in id order. So two batches with the same users cannot deadlock.
  const sorted = newestOf(copies, ({ id }) => id);
  await tx.run(
    `INSERT INTO user_copy (id, name, version)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[])
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = excluded.version
     WHERE user_copy.version < excluded.version`,
    [sorted.map(({ id }) => id), sorted.map(({ name }) => name), sorted.map(({ version }) => version)],
  );
}
