/** The copy of auth's users. */
import type { Tx } from '#mixins/database/database.ts';
import { newestOf } from '#mixins/newest.ts';

/** What a user is called until accounting hears of them. */
export const STUB_NAME = 'unknown';

/** Whether accounting has heard of the user in a row of `user_copy`; else the row is a stub. */
export const IS_KNOWN = 'user_copy.version > 0';

export interface UserCopy {
  readonly id: string;
  readonly name: string;
  /** The user's version; a newer one replaces an older one. */
  readonly version: number;
}

/** Keeps the newest version of each user. */
export async function keepUsers(tx: Tx, users: readonly UserCopy[]): Promise<void> {
  // UUIDs may be written in capitals, too; one statement must not hold a user twice.
  const copies = users.map((user) => ({ ...user, id: user.id.toLowerCase() }));
  // In id order, so that two batches with the same users cannot wait for each other in a circle.
  const sorted = newestOf(copies, ({ id }) => id);
  await tx.run(
    `INSERT INTO user_copy (id, name, version)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[])
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = excluded.version
     WHERE user_copy.version < excluded.version`,
    [sorted.map(({ id }) => id), sorted.map(({ name }) => name), sorted.map(({ version }) => version)],
  );
}
