/** Where a service's database is, and as whom to connect to it. Pure. */
import { createHmac } from 'node:crypto';
import type { Config } from '../../config.ts';
import { databaseName, ownerRole, runtimeRole } from '../names.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Undefined: the server asks for none (trust, peer). */
  readonly password: string | undefined;
  /** As `sslmode` of the URL says: undefined none, else whether the server's certificate is verified. */
  readonly ssl: { readonly rejectUnauthorized: boolean } | undefined;
}

export interface ServiceAddresses {
  /** As whom roles are made: the role of `DATABASE_URL`, or the owner itself. */
  readonly admin: Address;
  /** Whether the database and its owner are ours to make. */
  readonly makesDatabase: boolean;
  /** Owns the database and migrates it. */
  readonly owner: Address;
  /** Runs the service; owns nothing. */
  readonly runtime: Address;
  /** The read replica, as a role of the primary (its URL may name another one); null where there is none. */
  readonly readAs: ((role: Address) => Address) | null;
}

const DEFAULT_PORT = 5432;

/** Reads `postgresql://user:password@host:port/database?sslmode=…`; what is missing is as libpq has it. */
export function parseAddress(text: string): Address {
  const url = new URL(text);
  const user = decodeURIComponent(url.username) || 'postgres';
  return {
    // IPv6 in a URL stands in brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost',
    port: Number(url.port) || DEFAULT_PORT,
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    user,
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    ssl: sslOf(url.searchParams.get('sslmode')),
  };
}

function sslOf(mode: string | null): Address['ssl'] {
  switch (mode) {
    case null:
    case 'disable':
    case 'allow':
    case 'prefer':
      return undefined;
    case 'require':
      return { rejectUnauthorized: false };
    default:
      return { rejectUnauthorized: true };
  }
}

/**
 * The addresses of a service. The passwords of roles that we make are derived from the URL's and the role's name, so that all nodes know
 * them and nobody stores them; where the URL has none, the roles have none either (a derived one could be guessed).
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
  const as = (user: string, database: string): Address => ({
    ...admin,
    database,
    user,
    password: derivedPassword(admin.password, user),
  });
  const database = own === undefined ? databaseName(config.namespace, service) : admin.database;
  const owner = own === undefined ? as(ownerRole(config.namespace, service), database) : admin;
  const runtime = as(runtimeRole(config.namespace, service), database);
  return {
    admin,
    makesDatabase: own === undefined,
    owner,
    runtime,
    readAs: readAddress(config, service),
  };
}

/** The variable with a URL of a service: `TASKS_DATABASE_READ_URL`. */
export function variableOf(service: string, kind: 'URL' | 'READ_URL'): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_DATABASE_${kind}`;
}

/** The replica's URL; what it doesn't say (user, password, database, encryption) is as on the primary, whose roles a replica has. */
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

function derivedPassword(secret: string | undefined, role: string): string | undefined {
  return secret === undefined ? undefined : createHmac('sha256', secret).update(role).digest('base64url');
}
