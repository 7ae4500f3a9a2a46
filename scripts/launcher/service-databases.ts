/**
 * The databases of services on our own PostgreSQL: each service gets the URL of its role, which
 * owns nothing.
 */
import { messageOf } from '#schemas/text.ts';
import type { Config } from '../../config.ts';
import { provisionServices } from '../provision/databases.ts';
import { LaunchError } from './launch-error.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface OwnServer {
  /** The URL of a role that may make roles and databases. */
  readonly databaseUrl: string;
  readonly keySecret: string | null;
  /** The URL of the NATS user with all rights. */
  readonly natsUrl: string;
  /** Gets lines about migrations that ran and about delays. */
  readonly print: (line: string) => void;
}

/**
 * Prepares the databases of these services, except those with a configured URL. Returns the
 * services' variables. No variable gives one service the role of another, or of the superuser.
 * Throws `LaunchError`.
 */
export async function serviceDatabases(
  config: Config,
  { databaseUrl, keySecret, natsUrl, print }: OwnServer,
  services: readonly string[],
): Promise<Variables> {
  const ours = services.filter((service) => config.serviceDatabaseUrls[service] === undefined);
  const options = {
    config: { ...config, databaseUrl, keySecret, natsUrls: natsUrl.split(',') },
    print,
  };
  try {
    return { DATABASE_URL: undefined, ...(await provisionServices(options, ours)) };
  } catch (error) {
    throw new LaunchError(`The databases can't be prepared: ${messageOf(error)}`, { cause: error });
  }
}

/** The variables with the server's present address: its port, and the folder of its Unix socket. */
export function movedTo(databaseUrl: string, socketFolder: string | null, variables: Variables): Variables {
  const { host } = new URL(databaseUrl);
  const moved = Object.entries(variables).map(([name, value]) => {
    if (value === undefined || !name.endsWith('_DATABASE_URL')) return [name, value];
    const url = Object.assign(new URL(value), { host });
    if (socketFolder !== null) url.searchParams.set('host', socketFolder);
    return [name, url.href];
  });
  return Object.fromEntries(moved);
}
