/** The address of a service's database, and the role that connects to it. Pure. */
import { databaseName, ownerRole, runtimeRole } from '#mixins/names.ts';
import type { Config } from '../../config.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /**
   * Undefined where the server asks for none (trust, peer). A function is called for each
   * connection.
   */
  readonly password: string | (() => string) | undefined;
  /** The URL decides. Undefined: the connection is not encrypted. */
  readonly ssl: Encryption | undefined;
  /** The role that the session takes after its login (`SET ROLE`). Default: that of the user. */
  readonly actAs?: string;
}

/** `sslmode`, `sslrootcert`, `sslcert` and `sslkey` of a URL, as libpq reads them. */
export interface Encryption {
  /** What is verified: nothing, the server certificate's authority, or its name too. */
  readonly verify: 'nothing' | 'authority' | 'name';
  /**
   * Files with the authorities' certificates, our own certificate and its key. Without the first,
   * Node's own authorities apply.
   */
  readonly rootCert: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export interface ServiceAddresses {
  /** The role that makes other roles: that of `DATABASE_URL`, or that of the service's own URL. */
  readonly admin: Address;
  /** Whether this project makes the database and its owner. */
  readonly makesDatabase: boolean;
  /** Owns the database and migrates it. */
  readonly owner: Address;
  /**
   * Runs the service, and owns nothing. Without a given password, `provision` draws one once and
   * keeps it.
   */
  readonly runtime: Address;
  /** Has the rights of the service and the login of the admin. For tools that only read. */
  readonly reader: Address;
  /**
   * Gives the address of the read replica for a role of the primary; its URL may name another role.
   * Null where there is no replica.
   */
  readonly readAs: ((role: Address) => Address) | null;
}

const DEFAULT_PORT = 5432;

/**
 * Reads `postgresql://user:password@host:port/database?sslmode=…`. Missing parts have libpq's
 * defaults. As in libpq, the parameter `host` replaces the host, and may name the folder of a Unix
 * socket.
 */
export function parseAddress(text: string): Address {
  const url = new URL(text);
  const user = decodeURIComponent(url.username) || 'postgres';
  return {
    // IPv6 in a URL stands in brackets.
    host: url.searchParams.get('host') || url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost',
    port: Number(url.port) || DEFAULT_PORT,
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    user,
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    ssl: encryptionOf(url.searchParams),
  };
}

/** `allow` and `prefer` do not encrypt, because the driver connects to a server only once. */
function encryptionOf(params: URLSearchParams): Address['ssl'] {
  const mode = params.get('sslmode') ?? 'disable';
  if (['disable', 'allow', 'prefer'].includes(mode)) return undefined;
  const root = params.get('sslrootcert') ?? undefined;
  return {
    verify: verifiedBy(mode, root),
    rootCert: root === 'system' ? undefined : root,
    cert: params.get('sslcert') ?? undefined,
    key: params.get('sslkey') ?? undefined,
  };
}

/**
 * With authorities of its own, `require` verifies them, as libpq does. Any mode that is not known
 * here verifies everything.
 */
function verifiedBy(mode: string, root: string | undefined): Encryption['verify'] {
  if (mode === 'require') return root === undefined ? 'nothing' : 'authority';
  return mode === 'verify-ca' ? 'authority' : 'name';
}

/** The role that a session has at this address. */
export function roleAt({ user, actAs }: Address): string {
  return actAs ?? user;
}

/**
 * The addresses of a service: from its own URL, otherwise from `DATABASE_URL`. Throws when neither
 * is set.
 */
export function addressesOf(config: Config, service: string): ServiceAddresses {
  const own = config.serviceDatabaseUrls[service];
  const url = own ?? config.databaseUrl;
  if (url === undefined || url === null) {
    throw new Error(
      `Neither DATABASE_URL nor ${variableOf(service, 'URL')} says where the database of ${service} is`,
    );
  }
  const admin = parseAddress(url);
  const { namespace } = config;
  const database = own === undefined ? databaseName(namespace, service) : admin.database;
  const role = runtimeRole(namespace, service);
  return {
    admin,
    makesDatabase: own === undefined,
    owner: own === undefined ? { ...admin, database, actAs: ownerRole(namespace, service) } : admin,
    runtime: { ...admin, database, user: role, password: undefined },
    reader: { ...admin, database, actAs: role },
    readAs: readAddress(config, service),
  };
}

/**
 * The addresses by which `npm run provision` prepares a service. The service's own URL may name the
 * runtime role that `DATABASE_URL` makes. Then the role gets the password of that URL.
 */
export function addressesToProvision(config: Config, service: string): ServiceAddresses {
  const own = config.serviceDatabaseUrls[service];
  if (own === undefined || config.databaseUrl === null) return addressesOf(config, service);
  const given = parseAddress(own);
  const { [service]: _, ...serviceDatabaseUrls } = config.serviceDatabaseUrls;
  const addresses = addressesOf({ ...config, serviceDatabaseUrls }, service);
  const { user, database } = addresses.runtime;
  if (given.user !== user || given.database !== database) return addressesOf(config, service);
  return { ...addresses, runtime: { ...addresses.runtime, password: given.password } };
}

/** The variable with a URL of a service: `PARROTS_DATABASE_READ_URL`. */
export function variableOf(service: string, kind: 'URL' | 'READ_URL'): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_DATABASE_${kind}`;
}

/**
 * The replica's URL. Parts that it leaves out (user, password, database, encryption) are those of
 * the primary, because a replica has its primary's roles.
 */
function readAddress(config: Config, service: string): ServiceAddresses['readAs'] {
  const url = config.serviceDatabaseReadUrls[service];
  if (url === undefined) return null;
  const { username, pathname, searchParams } = new URL(url);
  const read = parseAddress(url);
  return (role) => ({
    ...read,
    database: pathname.length > 1 ? read.database : role.database,
    user: username === '' ? role.user : read.user,
    password: username === '' ? role.password : read.password,
    ssl: searchParams.has('sslmode') ? read.ssl : role.ssl,
  });
}
