/** The copies of users, and the names for views. */
import type { Reader, Tx } from '#mixins/database/database.ts';

export interface UserCopy {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly roles: readonly string[];
  readonly assignable: boolean;
  readonly version: number;
}

/**
 * Stores newer copies. A copy that is not newer changes nothing. `users` has at most one copy of a
 * user.
 */
export async function upsertUsers(tx: Tx, users: readonly UserCopy[]): Promise<void> {
  await tx.run(
    `INSERT INTO user_copy (id, name, active, roles, assignable, version)
     SELECT id, name, active, roles, assignable, version
     FROM json_to_recordset($1::json)
       AS u(id uuid, name text, active boolean, roles text[], assignable boolean, version bigint)
     ORDER BY id
     ON CONFLICT ON CONSTRAINT user_copy_pk DO UPDATE
     SET name = excluded.name, active = excluded.active, roles = excluded.roles,
         assignable = excluded.assignable, version = excluded.version
     WHERE user_copy.version < excluded.version`,
    [JSON.stringify(users)],
  );
}

/** Names by id. Unknown users are left out. */
export async function namesOf(reader: Reader, ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const rows = await reader.rows<{ id: string; name: string }>(
    'SELECT id, name FROM user_copy WHERE id = ANY($1::uuid[])',
    [[...new Set(ids)]],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
