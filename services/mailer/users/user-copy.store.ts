/** The copies of auth's users: name, address, language. */
import type { Tx } from '#mixins/database/database.ts';

export interface UserCopy {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly locale: string | null;
  /** The user's version. A newer one replaces an older one. */
  readonly version: number;
}

/**
 * Stores newer copies. All batches insert in id order, so two batches with the same users cannot
 * deadlock.
 */
export async function keepUsers(tx: Tx, users: readonly UserCopy[]): Promise<void> {
  await tx.run(
    `INSERT INTO user_copy (id, name, email, locale, version)
     SELECT * FROM json_to_recordset($1) AS u (id uuid, name text, email text, locale text, version bigint) ORDER BY id
     ON CONFLICT ON CONSTRAINT user_copy_pk DO UPDATE
     SET name = excluded.name, email = excluded.email, locale = excluded.locale, version = excluded.version
     WHERE user_copy.version < excluded.version`,
    [JSON.stringify(users)],
  );
}
