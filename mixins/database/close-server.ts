/**
 * Closes databases that are no service's, such as `postgres`, to roles that own nothing. By default PostgreSQL lets
 * every role connect to every database.
 */
import type { Address } from './address.ts';
import { quoted, withClient } from './client.ts';

const OPEN_TO_PUBLIC = `SELECT datname AS name FROM pg_database
  WHERE datallowconn AND (datacl IS NULL OR EXISTS (
    SELECT FROM aclexplode(datacl) WHERE grantee = 0 AND privilege_type = 'CONNECT'
  ))
  ORDER BY datname`;

/** Takes the right to connect from PUBLIC, in all databases of a server that is ours alone. Owners and superusers keep theirs. */
export async function closeToPublic(admin: Address): Promise<void> {
  await withClient(admin, async (client) => {
    for (const { name } of await client.rows<{ name: string }>(OPEN_TO_PUBLIC)) {
      await client.run(`REVOKE CONNECT ON DATABASE ${quoted(name)} FROM PUBLIC`);
    }
  });
}

/**
 * Closes a server where no login but those of superusers and of this namespace exists. Returns the databases that
 * stay open, because others use the server or the role at hand is no superuser.
 */
export async function closeIfOurs(admin: Address, namespace: string): Promise<string[]> {
  const [server] = await withClient(admin, (client) =>
    client.rows<{ ours: boolean }>(
      `SELECT self.rolsuper AND NOT EXISTS (
         SELECT FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND NOT starts_with(rolname, $1)
       ) AS ours
       FROM pg_roles self WHERE rolname = current_user`,
      [`${namespace}_`],
    ),
  );
  if (server?.ours) await closeToPublic(admin);
  const open = await withClient(admin, (client) => client.rows<{ name: string }>(OPEN_TO_PUBLIC));
  return open.map(({ name }) => name);
}
