/**
 * The users of the launcher's nats-server: one for its process with all services, one for
 * operators, and one for each node that joins.
 */
import { connect } from 'nats';
import { connectionOptions } from '#mixins/bus/connection-options.ts';
import { variableOf } from '#mixins/bus/nats-user.ts';
import type { Config } from '../../config.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { type NatsUsers, reloadUsers, urlAs, writeUsers } from '../servers/nats-users.ts';
import type { ServiceFacts } from './service-facts.ts';
import { operatorUser, serviceUser, userNamed } from './users.ts';

/**
 * Time limit for nats-server to reload its users. It needs some milliseconds, and longer on a busy
 * machine.
 */
const KNOWN_WITHIN_MS = 10_000;

export function embeddedUsers(namespace: string, all: readonly ServiceFacts[]): NatsUsers {
  const every = all.map(({ name }) => name);
  return {
    names: [operatorUser(namespace, all).name, serviceUser(namespace, every, all).name],
    describe: (name) => userNamed(namespace, name, all),
  };
}

/**
 * For a process with these services: the variables of its only user of the server at `natsUrl`, in
 * this folder.
 */
export function userVariables(
  server: { readonly natsUrl: string; readonly folder: string },
  namespace: string,
  members: readonly string[],
  all: readonly ServiceFacts[],
): Record<string, string | undefined> {
  const url = urlAs(server.natsUrl, server.folder, serviceUser(namespace, members, all).name);
  return { NATS_URL: undefined, ...Object.fromEntries(members.map((name) => [variableOf(name), url])) };
}

/**
 * Adds the user of a node with these services to the running server. Resolves when the server
 * accepts it. Throws `LaunchError` where it does not.
 */
export async function addUser(
  config: Config,
  server: { readonly natsUrl: string; readonly folder: string },
  members: readonly string[],
  all: readonly ServiceFacts[],
): Promise<void> {
  const { name } = serviceUser(config.namespace, members, all);
  const { describe, names } = embeddedUsers(config.namespace, all);
  writeUsers(server.folder, { describe, names: [...names, name] });
  reloadUsers(server.folder);
  const options = connectionOptions({ ...config, natsUrls: [urlAs(server.natsUrl, server.folder, name)] });
  try {
    // The server refuses the user until it has reloaded its users. Then the next attempt succeeds.
    const connection = await connect({ ...options, waitOnFirstConnect: true, timeout: KNOWN_WITHIN_MS });
    await connection.close();
  } catch (cause) {
    throw new LaunchError(`nats-server does not know the user ${name}: ${String(cause)}`, { cause });
  }
}
