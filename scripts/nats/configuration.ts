/** Users in the format of nats-server's configuration file. Pure. */
import type { NatsUser } from './users.ts';

export interface ConfiguredUser extends NatsUser {
  /**
   * The text in the file: a quoted password, or a variable of nats-server's environment such as
   * `$TASKS_NATS_PASSWORD`.
   */
  readonly password: string;
}

/**
 * The variable of nats-server's environment with a user's password: `$TASKS_NATS_PASSWORD`;
 * `$NATS_PASSWORD` for all rights.
 */
export function passwordVariable(namespace: string, { name }: NatsUser): string {
  return variable(name.slice(namespace.length + 1));
}

/**
 * The same where other systems share the server: `$POPUG_TASKS_NATS_PASSWORD`;
 * `$POPUG_NATS_PASSWORD` for all rights.
 */
export function ownPasswordVariable({ name }: NatsUser): string {
  return variable(name);
}

function variable(user: string): string {
  const prefix = user === '' ? '' : `${user.replaceAll(/[^A-Za-z0-9_]/g, '_').toUpperCase()}_`;
  return `$${prefix}NATS_PASSWORD`;
}

/**
 * A block `authorization`, one subject a line, for `include` in the configuration of nats-server
 * 2.9.10 or newer. The configuration may have only one such block.
 */
export function authorization(users: readonly ConfiguredUser[]): string {
  return ['authorization {', ...userList(users), '}', ''].join('\n');
}

/**
 * An account with JetStream and these users, for `include` in the block `accounts`. Each system has
 * its own account there.
 */
export function account(name: string, users: readonly ConfiguredUser[]): string {
  return [`${name} {`, '  jetstream: enabled', ...userList(users), '}', ''].join('\n');
}

function userList(users: readonly ConfiguredUser[]): string[] {
  return ['  users: [', ...users.flatMap(userLines), '  ]'];
}

function userLines({ name, password, permissions }: ConfiguredUser): string[] {
  const head = `    { user: ${JSON.stringify(name)}, password: ${password}`;
  if (permissions === undefined) return [`${head} }`];
  const { publish, subscribe } = permissions;
  return [
    `${head}, permissions: {`,
    '      publish: {',
    ...list('allow', publish.allow),
    ...(publish.deny.length > 0 ? list('deny', publish.deny) : []),
    '      }',
    '      subscribe: {',
    ...list('allow', subscribe.allow),
    '      }',
    '    } }',
  ];
}

function list(key: string, subjects: readonly string[]): string[] {
  return [
    `        ${key}: [`,
    ...subjects.map((subject) => `          ${JSON.stringify(subject)}`),
    '        ]',
  ];
}
