/** The users of NATS of a system, by name, with their permissions. Pure. */
import { natsOperatorUser, natsServiceUser } from '#mixins/names.ts';
import { operatorPermissions, type Permissions, servicePermissions } from './permissions.ts';
import type { ServiceFacts } from './service-facts.ts';

export interface NatsUser {
  readonly name: string;
  /** Undefined: all rights. */
  readonly permissions: Permissions | undefined;
}

/** The user of a node that runs these services, among `all` of the system. */
export function serviceUser(
  namespace: string,
  members: readonly string[],
  all: readonly ServiceFacts[],
): NatsUser {
  const every = all.map(({ name }) => name);
  const name = natsServiceUser(namespace, members, every);
  const facts = all.filter((each) => members.includes(each.name));
  return { name, permissions: servicePermissions(namespace, name, facts, all) };
}

/** The user of the operators' commands. */
export function operatorUser(namespace: string, all: readonly ServiceFacts[]): NatsUser {
  const name = natsOperatorUser(namespace);
  return { name, permissions: operatorPermissions(namespace, name, all) };
}

/** The users of a system with a process for each service. The first one has all rights. */
export function systemUsers(namespace: string, all: readonly ServiceFacts[]): NatsUser[] {
  return [
    { name: namespace, permissions: undefined },
    operatorUser(namespace, all),
    ...all.map(({ name }) => serviceUser(namespace, [name], all)),
  ];
}

/**
 * The user with this name in such a system: the operators', a service's, or one for several
 * existing services. Undefined for any other name.
 */
export function userNamed(
  namespace: string,
  name: string,
  all: readonly ServiceFacts[],
): NatsUser | undefined {
  const every = all.map((each) => each.name);
  const word = name.startsWith(`${namespace}_`) ? name.slice(namespace.length + 1) : '';
  const users = [operatorUser(namespace, all), serviceUser(namespace, every, all)];
  const members = word.split('+');
  if (members.every((member) => every.includes(member))) users.push(serviceUser(namespace, members, all));
  return users.find((user) => user.name === name);
}
