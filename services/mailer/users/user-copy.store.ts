/** The copies of auth's users: name, address, language. */
import type { Tx } from '#mixins/database/database.ts';

export interface UserCopy {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly locale: string | null;
  /** The user's version; a newer one replaces an older one. */
  readonly version: number;
}

/** Keeps newer copies. In id order, so that two batches with the same users can't wait for each other in a circle. */
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
