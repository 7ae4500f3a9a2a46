/**
 * The users of a private nats-server, in its folder: `users.conf` is what the server reads,
 * `users/` has a password for each limited user, under its name. Users are kept from start to
 * start, as nodes of other processes connect with them.
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
  /** Who must be there; others were kept from earlier starts, or are added later. */
  readonly names: readonly string[];
  /** A user by its name; undefined for one that nobody needs any more. */
  readonly describe: (name: string) => NatsUser | undefined;
}

/** The password of the user with all rights; drawn once. */
export function passwordOf(folder: string): string {
  return keptSecret(`${folder}/password`);
}

/** The URL of the server as one of its limited users. */
export function urlAs(serverUrl: string, folder: string, name: string): string {
  const url = new URL(serverUrl);
  url.username = encodeURIComponent(name);
  url.password = keptSecret(`${folder}/users/${name}`);
  return url.href;
}

/**
 * Writes `users.conf`: the user with all rights, and those who must be there or were kept, as far
 * as they are described.
 */
export function writeUsers(folder: string, { names: wanted, describe }: NatsUsers): void {
  mkdirSync(`${folder}/users`, { recursive: true, mode: 0o700 });
  for (const name of wanted) keptSecret(`${folder}/users/${name}`);
  for (let before: string | undefined; ; ) {
    const names = namesIn(folder);
    // Who else adds a user may have written the file between our look and our writing: then both
    // are in the folder now.
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
 * Has the running server read `users.conf` again. Throws `LaunchError` where none runs in this
 * folder.
 */
export function reloadUsers(folder: string): void {
  const id = serverIn(folder);
  if (id === null) throw new LaunchError(`No nats-server of ours runs in ${folder}`);
  signal(id, 'SIGHUP');
}

/** The server that runs with the configuration of this folder. */
export function serverIn(folder: string): ProcessId | null {
  const pid = Number.parseInt(readIfThere(`${folder}/nats-server.pid`) ?? '', 10);
  const id = Number.isInteger(pid) ? processOf(pid) : null;
  return id !== null && commandLineOf(pid).includes(`${folder}/nats.conf`) ? id : null;
}

/** By name, without drafts of files that are being written. */
function namesIn(folder: string): string[] {
  return readdirSync(`${folder}/users`)
    .filter((name) => !name.endsWith('.tmp'))
    .sort();
}

/** Hexadecimal digits alone could be read as a number. */
function quoted(password: string): string {
  return JSON.stringify(password);
}
