/** What services are given of our own PostgreSQL: each the URL of its role, which owns nothing. */
import { messageOf } from '#schemas/text.ts';
import type { Config } from '../../config.ts';
import { provisionServices } from '../provision/databases.ts';
import { LaunchError } from './launch-error.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface OwnServer {
  /** As a role that may make roles and databases. */
  readonly databaseUrl: string;
  readonly keySecret: string | null;
  /** NATS as a user with all rights. */
  readonly natsUrl: string;
  /** Gets which migrations ran, and what delays the preparation. */
  readonly print: (line: string) => void;
}

/**
 * Prepares the databases of these services, but of those whose URL is configured, and returns their
 * variables. None of them lets a service act as another one, or as the superuser. Throws
 * `LaunchError`.
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

/** The same after the server has moved: it was started again on another port. */
export function movedTo(databaseUrl: string, variables: Variables): Variables {
  const { host } = new URL(databaseUrl);
  const moved = Object.entries(variables).map(([name, value]) => {
    if (value === undefined || !name.endsWith('_DATABASE_URL')) return [name, value];
    return [name, Object.assign(new URL(value), { host }).href];
  });
  return Object.fromEntries(moved);
}
