/**
 * Closes databases that belong to no service, such as `postgres`, to roles that own nothing. By
 * default PostgreSQL lets every role connect to every database.
 */
import type { Address } from './address.ts';
import { quoted, withClient } from './client.ts';

const OPEN_TO_PUBLIC = `SELECT datname AS name FROM pg_database
  WHERE datallowconn AND (datacl IS NULL OR EXISTS (
    SELECT FROM aclexplode(datacl) WHERE grantee = 0 AND privilege_type = 'CONNECT'
  ))
  ORDER BY datname`;

/**
 * Takes the right to connect from PUBLIC, in all databases of a server that only this project uses.
 * Owners and superusers keep the right. Returns the databases that it closed.
 */
export async function closeToPublic(admin: Address): Promise<string[]> {
  return await withClient(admin, async (client) => {
    const open = await client.rows<{ name: string }>(OPEN_TO_PUBLIC);
    for (const { name } of open) await client.run(revocationOf(name));
    return open.map(({ name }) => name);
  });
}

/** The statement that closes a database to roles that own nothing in it. */
export function revocationOf(database: string): string {
  return `REVOKE CONNECT ON DATABASE ${quoted(database)} FROM PUBLIC`;
}

/**
 * Closes the databases of a server that has no logins but superusers and roles of this namespace.
 * Returns the names of those that this call closed, and of those that stay open, because others use
 * the server too or the role is no superuser.
 */
export async function closeIfOurs(admin: Address, namespace: string) {
  const [server] = await withClient(admin, (client) =>
    client.rows<{ ours: boolean }>(
      `SELECT self.rolsuper AND NOT EXISTS (
         SELECT FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND NOT starts_with(rolname, $1)
       ) AS ours
       FROM pg_roles self WHERE rolname = current_user`,
      [`${namespace}_`],
    ),
  );
  const closed = server?.ours ? await closeToPublic(admin) : [];
  const open = await withClient(admin, (client) => client.rows<{ name: string }>(OPEN_TO_PUBLIC));
  return { closed, open: open.map(({ name }) => name) };
}
