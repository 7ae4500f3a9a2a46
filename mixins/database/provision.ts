/** Makes a service's roles and database. Any number of nodes may do so at a time, any number of times. */
import type { ServiceAddresses } from './address.ts';
import { type Client, quoted, withClient } from './client.ts';
import { scramVerifier } from './scram.ts';

/**
 * Key of the advisory lock under which roles and databases are made: roles belong to the whole server, and two nodes that make one at a
 * time fail. It holds within the database that `DATABASE_URL` names, which is the same for all nodes.
 */
const PROVISION_LOCK = 4_802_113_001;
/** How long another node may take, in milliseconds: a database is a copy of a template's files. */
const LOCK_WITHIN_MS = 60_000;

export interface Provisioned {
  /** The role that the service has to run as: the owner, where a role of its own could not be made. */
  readonly runtimeRole: 'own' | 'owner';
}

/**
 * Makes what is missing: the owner role, the runtime role, the database; closes it to everybody else and lets the runtime role
 * read and write (but not truncate, alter or make) every table that migrations will make. A migration may REVOKE from that.
 */
export async function provision(addresses: ServiceAddresses): Promise<Provisioned> {
  const { admin, owner, runtime, makesDatabase } = addresses;
  return withClient(admin, async (client) => {
    await client.run(`SET statement_timeout = 0; SET lock_timeout = ${LOCK_WITHIN_MS}`);
    await client.run('SELECT pg_advisory_lock($1)', [PROVISION_LOCK]);
    const self = await capabilities(client);
    if (makesDatabase) {
      await ensureRole(client, owner.user, owner.password, self);
      await ensureDatabase(client, owner.database, owner.user);
    } else if (!self.makesRoles || owner.user === runtime.user) {
      return { runtimeRole: 'owner' };
    }
    await ensureRole(client, runtime.user, runtime.password, self);
    await withClient(owner, (ours) => openTo(ours, runtime.user, owner.database));
    return { runtimeRole: 'own' };
  });
}

interface Capabilities {
  readonly makesRoles: boolean;
  readonly superuser: boolean;
}

async function capabilities(client: Client): Promise<Capabilities> {
  const [self] = await client.rows<{ makes_roles: boolean; superuser: boolean }>(
    'SELECT rolcreaterole OR rolsuper AS makes_roles, rolsuper AS superuser FROM pg_roles WHERE rolname = current_user',
  );
  return { makesRoles: self?.makes_roles === true, superuser: self?.superuser === true };
}

async function ensureRole(
  client: Client,
  role: string,
  password: string | undefined,
  self: Capabilities,
): Promise<void> {
  const [existing] = await client.rows('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (existing === undefined) {
    // Who is no superuser can only hand a database to a role that they are a member of. One query, so one transaction.
    const join = self.superuser ? '' : `; GRANT ${quoted(role)} TO CURRENT_USER`;
    const create = `CREATE ROLE ${quoted(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION`;
    await client.run(`${create}${join}`);
  }
  // Set each time, as the password of DATABASE_URL may have changed.
  const verifier = password === undefined ? 'NULL' : `'${scramVerifier(password)}'`;
  await client.run(`ALTER ROLE ${quoted(role)} PASSWORD ${verifier}`);
}

async function ensureDatabase(client: Client, database: string, owner: string): Promise<void> {
  const [existing] = await client.rows('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (existing !== undefined) return;
  // template1 can't be copied while somebody is connected to it, and may hold what we did not ask for.
  await client.run(
    `CREATE DATABASE ${quoted(database)} OWNER ${quoted(owner)} TEMPLATE template0 ENCODING 'UTF8'`,
  );
}

/** As the owner, in its database; grants that are there already change nothing. */
async function openTo(client: Client, runtime: string, database: string): Promise<void> {
  const role = quoted(runtime);
  const [self] = await client.rows<{ owns: boolean; makes: boolean }>(
    `SELECT pg_has_role(datdba, 'USAGE') AS owns,
       has_schema_privilege(current_user, 'public', 'USAGE WITH GRANT OPTION') AS makes
     FROM pg_database WHERE datname = current_database()`,
  );
  if (self?.owns) {
    await client.run(`REVOKE ALL ON DATABASE ${quoted(database)} FROM PUBLIC`);
    await client.run(`GRANT CONNECT, TEMPORARY ON DATABASE ${quoted(database)} TO ${role}`);
  }
  if (self?.makes) {
    await client.run('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    await client.run(`GRANT USAGE ON SCHEMA public TO ${role}`);
  }
  const defaults = 'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT';
  await client.run(`${defaults} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role}`);
  await client.run(`${defaults} USAGE, SELECT ON SEQUENCES TO ${role}`);
}
