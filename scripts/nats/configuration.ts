/** Users as nats-server's configuration file writes them. Pure. */
import type { NatsUser } from './users.ts';

export interface ConfiguredUser extends NatsUser {
  /** As it stands in the file: a quoted text, or a variable of nats-server's environment such as `$TASKS_NATS_PASSWORD`. */
  readonly password: string;
}

/** The variable of nats-server's environment that holds a user's password: `$TASKS_NATS_PASSWORD`; `$NATS_PASSWORD` for all rights. */
export function passwordVariable(namespace: string, { name }: NatsUser): string {
  const words = name
    .slice(namespace.length + 1)
    .replaceAll(/[^A-Za-z0-9]/g, '_')
    .toUpperCase();
  return words === '' ? '$NATS_PASSWORD' : `$${words}_NATS_PASSWORD`;
}

/** A block `authorization`, one subject a line, for `include` in the configuration of nats-server 2.9.10 or newer. */
export function authorization(users: readonly ConfiguredUser[]): string {
  return ['authorization {', '  users: [', ...users.flatMap(userLines), '  ]', '}', ''].join('\n');
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
