/**
 * The users of a private nats-server, in its folder. The server reads `users.conf`. `users/` has a
 * password for each limited user, under its name. Users are kept across starts, because nodes of
 * other processes connect with them.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { PROJECT } from '../../product.ts';
import { keptSecret, readIfThere, writeWhole } from '../launcher/files.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { commandLineOf, type ProcessId, processOf, signal } from '../launcher/process.ts';
import { authorization } from '../nats/configuration.ts';
import type { NatsUser } from '../nats/users.ts';

/** The user with all rights. */
export const USER = PROJECT;
export const USERS_FILE = 'users.conf';

/** The limited users of a server. */
export interface NatsUsers {
  /** Users that must exist. Others were kept from earlier starts, or are added later. */
  readonly names: readonly string[];
  /** A user by its name. Undefined for one that is no longer needed. */
  readonly describe: (name: string) => NatsUser | undefined;
}

/** The password of the user with all rights, drawn once. */
export function passwordOf(folder: string): string {
  return keptSecret(`${folder}/password`);
}

/** The URL of the server for one of its limited users. */
export function urlAs(serverUrl: string, folder: string, name: string): string {
  const url = new URL(serverUrl);
  url.username = encodeURIComponent(name);
  url.password = keptSecret(`${folder}/users/${name}`);
  return url.href;
}

/**
 * Writes `users.conf`: the user with all rights, and the required or kept users that `describe`
 * returns.
 */
export function writeUsers(folder: string, { names: wanted, describe }: NatsUsers): void {
  mkdirSync(`${folder}/users`, { recursive: true, mode: 0o700 });
  for (const name of wanted) keptSecret(`${folder}/users/${name}`);
  for (let before: string | undefined; ; ) {
    const names = namesIn(folder);
    // Another process that adds a user may have written the file meanwhile. The folder has both
    // users now.
    if (before === names.join()) return;
    before = names.join();
    const limited = names.flatMap((name) => {
      const user = describe(name);
      return user === undefined ? [] : [{ ...user, password: quoted(keptSecret(`${folder}/users/${name}`)) }];
    });
    const master = { name: USER, permissions: undefined, password: quoted(passwordOf(folder)) };
    writeWhole(`${folder}/${USERS_FILE}`, authorization([master, ...limited]));
  }
}

/**
 * Makes the running server reload `users.conf`. Throws `LaunchError` where none runs in this
 * folder.
 */
export function reloadUsers(folder: string): void {
  const id = serverIn(folder);
  if (id === null) throw new LaunchError(`No nats-server of ours runs in ${folder}`);
  signal(id, 'SIGHUP');
}

/** The server that runs with this folder's configuration. */
export function serverIn(folder: string): ProcessId | null {
  const pid = Number.parseInt(readIfThere(`${folder}/nats-server.pid`) ?? '', 10);
  const id = Number.isInteger(pid) ? processOf(pid) : null;
  return id !== null && commandLineOf(pid).includes(`${folder}/nats.conf`) ? id : null;
}

/** Sorted by name, without drafts of files that are being written. */
function namesIn(folder: string): string[] {
  return readdirSync(`${folder}/users`)
    .filter((name) => !name.endsWith('.tmp'))
    .sort();
}

/** Unquoted hexadecimal digits could be read as a number. */
function quoted(password: string): string {
  return JSON.stringify(password);
}
