/** Makes a service's roles and database. Nodes may do so concurrently and repeatedly. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { type Address, roleAt, type ServiceAddresses } from './address.ts';
import { type Client, quoted, withClient } from './client.ts';
import { lookAtReplica, Probe } from './probe.ts';
import { keepSecret, keptSecret, readSecret } from './secrets.store.ts';

/**
 * Key of the advisory lock under which roles and databases are made. Roles belong to the whole
 * server, and two nodes that make one concurrently fail. The lock holds within the database of
 * `DATABASE_URL`, which is the same for all nodes.
 */
const PROVISION_LOCK = 4_802_113_001;
/**
 * How long another node may take, in milliseconds. Making a database copies the files of a
 * template.
 */
const LOCK_WITHIN_MS = 60_000;

/** The name under which the runtime role's password is kept. */
const RUNTIME_PASSWORD = 'runtime-password';

/**
 * The role by which a service runs. `own`: a role made here that owns nothing. `owner`: the owner
 * of its database, where that role could not be made. `given`: the role of the service's own URL.
 * It owns nothing, so another step makes the schema.
 */
export type RuntimeRole = 'own' | 'owner' | 'given';

export interface Provisioned {
  readonly runtimeRole: RuntimeRole;
  /** How the service connects. */
  readonly runtime: Address;
}

/**
 * Makes the owner role, the runtime role and the database where they are missing. Closes the
 * database to everybody else. The runtime role may read and write every table that migrations will
 * make, but not truncate, alter or make one. A migration may revoke some of that.
 */
export async function provision(addresses: ServiceAddresses): Promise<Provisioned> {
  const { admin, owner, runtime, makesDatabase } = addresses;
  return withClient(admin, async (client) => {
    await client.run(`SET statement_timeout = 0; SET lock_timeout = ${LOCK_WITHIN_MS}`);
    const self = await capabilities(client);
    if (!makesDatabase && !self.makesSchema) return { runtimeRole: 'given', runtime: admin };
    await client.run('SELECT pg_advisory_lock($1)', [PROVISION_LOCK]);
    if (makesDatabase) {
      await ensureOwner(client, roleAt(owner), self);
      await ensureDatabase(client, owner.database, roleAt(owner));
    } else if (!self.makesRoles || !self.keepsSecrets || roleAt(owner) === runtime.user) {
      return { runtimeRole: 'owner', runtime: owner };
    }
    await ensureRole(client, runtime.user, self);
    const password = await withClient(owner, async (ours) => {
      await openTo(ours, runtime.user, owner.database);
      return passwordOf(ours, runtime);
    });
    // The password is set each time, because a server restored from a dump may have another one.
    await client.run(`ALTER ROLE ${quoted(runtime.user)} LOGIN PASSWORD '${scramVerifier(password)}'`);
    return { runtimeRole: 'own', runtime: { ...runtime, password } };
  });
}

/** The password of the runtime role. A given one is kept for nodes that are not given it. */
async function passwordOf(client: Client, { password }: Address): Promise<string> {
  if (typeof password !== 'string') return keptSecret(client, RUNTIME_PASSWORD);
  await keepSecret(client, RUNTIME_PASSWORD, password);
  return password;
}

/** The runtime role with its kept password, which a replica has too. Throws where none is kept. */
async function keptRuntime(owner: Address, runtime: Address): Promise<Address> {
  const password = await withClient(owner, (client) => readSecret(client, RUNTIME_PASSWORD));
  if (password === undefined) throw new Error(`No password of ${runtime.user} was kept`);
  return { ...runtime, password };
}

interface Capabilities {
  readonly makesRoles: boolean;
  /** Whether it may make tables in its database. */
  readonly makesSchema: boolean;
  /** Whether it may make another schema there. */
  readonly keepsSecrets: boolean;
  readonly superuser: boolean;
}

async function capabilities(client: Client): Promise<Capabilities> {
  const [self] = await client.rows<Capabilities>(
    `SELECT rolcreaterole OR rolsuper AS "makesRoles", rolsuper AS superuser,
       pg_has_role(datdba, 'USAGE')
         OR to_regnamespace('public') IS NOT NULL AND has_schema_privilege('public', 'CREATE') AS "makesSchema",
       has_database_privilege(datname, 'CREATE') AS "keepsSecrets"
     FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
  );
  return self ?? { makesRoles: false, makesSchema: false, keepsSecrets: false, superuser: false };
}

async function ensureRole(client: Client, role: string, self: Capabilities): Promise<void> {
  const [existing] = await client.rows('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (existing !== undefined) return;
  // Unless it is a superuser, a role can give a database only to a role of which it is a member.
  // One query, so one transaction.
  const join = self.superuser ? '' : `; GRANT ${quoted(role)} TO CURRENT_USER`;
  await client.run(`CREATE ROLE ${quoted(role)} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION${join}`);
}

/**
 * The owner has no login: a migrating node takes its role. Earlier releases gave it a password that
 * could be derived.
 */
async function ensureOwner(client: Client, role: string, self: Capabilities): Promise<void> {
  await ensureRole(client, role, self);
  const [login] = await client.rows('SELECT 1 FROM pg_roles WHERE rolname = $1 AND rolcanlogin', [role]);
  if (login !== undefined) await client.run(`ALTER ROLE ${quoted(role)} NOLOGIN PASSWORD NULL`);
}

async function ensureDatabase(client: Client, database: string, owner: string): Promise<void> {
  const [existing] = await client.rows('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (existing !== undefined) return;
  // template1 can't be copied while somebody is connected to it, and may hold additions. So
  // template0 is copied.
  await client.run(
    `CREATE DATABASE ${quoted(database)} OWNER ${quoted(owner)} TEMPLATE template0 ENCODING 'UTF8'`,
  );
}

/** Grants rights as the owner, in its database. Existing grants do not change. */
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

/** PostgreSQL's own default. Our passwords have 256 bits, so more iterations would not help. */
const ITERATIONS = 4096;
const KEY_BYTES = 32;

/**
 * The SCRAM-SHA-256 verifier of a password of printable ASCII, which needs no SASLprep. PostgreSQL
 * keeps passwords in this form. Only this form goes over the wire and into the server's log.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, KEY_BYTES, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/**
 * The login of a service that starts while only its replica is there. The primary can't be asked
 * for its roles then. Returns the address on the primary whose role the replica admits.
 * Undefined where the replica admits none.
 */
export async function runtimeOnReplica(
  addresses: ServiceAddresses,
  service: string,
  migrations: readonly string[],
): Promise<Address | undefined> {
  const { readAs, makesDatabase, owner, runtime } = addresses;
  if (readAs === null) return undefined;
  // The replica has what the primary keeps. Where its URL names another role, that role may read,
  // but not the secrets.
  const kept = await keptRuntime(readAs(owner), runtime).catch(() => runtime);
  // A database that we made has a runtime role, so there is no reason to run with more rights.
  for (const candidate of makesDatabase ? [kept] : [kept, owner]) {
    const probe = new Probe(readAs(candidate), service);
    try {
      await lookAtReplica(probe, migrations);
      return candidate;
    } catch {
      // The primary is awaited in any case, and the log shows what keeps it away.
    } finally {
      probe.close();
    }
  }
  return undefined;
}
