/**
 * The users of the nats-server that the launcher starts: one for its process with every service,
 * one for operators, others as nodes join.
 */
import { connect } from 'nats';
import { connectionOptions } from '#mixins/bus/connection-options.ts';
import { variableOf } from '#mixins/bus/nats-user.ts';
import type { Config } from '../../config.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { type NatsUsers, reloadUsers, urlAs, writeUsers } from '../servers/nats-users.ts';
import type { ServiceFacts } from './service-facts.ts';
import { operatorUser, serviceUser, userNamed } from './users.ts';

/** nats-server reads its users again within some milliseconds; a busy machine takes longer. */
const KNOWN_WITHIN_MS = 10_000;

export function embeddedUsers(namespace: string, all: readonly ServiceFacts[]): NatsUsers {
  const every = all.map(({ name }) => name);
  return {
    names: [operatorUser(namespace, all).name, serviceUser(namespace, every, all).name],
    describe: (name) => userNamed(namespace, name, all),
  };
}

/**
 * For a process with these services: the variables that name its user of the server at `natsUrl`,
 * in this folder, and no other one.
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
 * Lets the running server know the user of a node with these services. Resolves when it does;
 * throws `LaunchError` where it does not.
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
    // Refused until it was read: then the next attempt succeeds.
    const connection = await connect({ ...options, waitOnFirstConnect: true, timeout: KNOWN_WITHIN_MS });
    await connection.close();
  } catch (cause) {
    throw new LaunchError(`nats-server does not know the user ${name}: ${String(cause)}`, { cause });
  }
}
