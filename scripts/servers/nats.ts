/**
 * A private nats-server with JetStream below a folder of ours: `jetstream/`, `nats.conf`,
 * `password`, `port`, `nats-server.log`, and its users (nats-users.ts). It listens on 127.0.0.1
 * only. The URL handed on is that of the user with all rights.
 */
import { mkdirSync, statfsSync } from 'node:fs';
import { connect } from 'nats';
import { writeWhole } from '../launcher/files.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { keptPort } from '../launcher/ports.ts';
import { endProcess } from '../launcher/process.ts';
import type { OpenNote } from '../launcher/spawn.ts';
import { type NatsUsers, passwordOf, serverIn, USER, USERS_FILE, writeUsers } from './nats-users.ts';
import { controls, type Server, spawnServer, tail, whenAnswering } from './server.ts';

export interface NatsOptions {
  /** Absolute; made when missing. */
  readonly folder: string;
  /** The nats-server to run (find-nats.ts). */
  readonly binary: string;
  readonly openNote?: OpenNote;
  /** Default: none but the one with all rights. */
  readonly users?: NatsUsers | undefined;
}

const NO_USERS: NatsUsers = { names: [], describe: () => undefined };

/** Streams are read back at the start: some seconds for each million messages, in milliseconds. */
const READY_WITHIN_MS = 120_000;

const ORPHAN_WITHIN_MS = 10_000;

/**
 * How much JetStream may keep, in bytes: three quarters of the disk. Its default, three quarters of
 * what is free at the start, is less than the streams have already where it is started on a disk
 * that is nearly full: it would refuse every event until the next start, also with space again.
 */
function storeLimit(folder: string): number {
  const { blocks, bsize } = statfsSync(folder);
  return Math.floor((blocks * bsize * 3) / 4);
}

/**
 * The configuration file, in what nats-server 2.9 understands. `max_payload` stays at its default
 * of 1 MiB; events are bounded far below.
 */
function natsConfig(folder: string, port: number): string {
  return [
    `listen: "127.0.0.1:${port}"`,
    'server_name: "embedded"',
    `pid_file: ${JSON.stringify(`${folder}/nats-server.pid`)}`,
    `include ${JSON.stringify(USERS_FILE)}`,
    // Nodes of one machine, some connections each.
    'max_connections: 2048',
    // Buckets and streams are on disk; memory streams would be a mistake, so they get little.
    'jetstream {',
    `  store_dir: ${JSON.stringify(`${folder}/jetstream`)}`,
    '  max_memory_store: 64MB',
    `  max_file_store: ${storeLimit(folder)}`,
    '}',
    '',
  ].join('\n');
}

/**
 * Starts it and resolves when JetStream answers. A server left over by a killed launcher in the
 * same folder is ended first. Throws `LaunchError` when it does not start.
 */
export async function startNats(options: NatsOptions): Promise<Server> {
  const { folder, binary, users = NO_USERS } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await endOrphan(folder);
  writeUsers(folder, users);
  const password = passwordOf(folder);
  const deadline = Date.now() + READY_WITHIN_MS;
  const log = `${folder}/nats-server.log`;
  for (;;) {
    const port = await keptPort(`${folder}/port`);
    writeWhole(`${folder}/nats.conf`, natsConfig(folder, port));
    const spawned = await spawnServer({
      command: binary,
      args: ['-c', `${folder}/nats.conf`],
      cwd: folder,
      log,
      openNote: options.openNote,
    });
    const look = () => versionOf(port, password);
    const version = await whenAnswering(spawned, 'SIGTERM', deadline, look);
    if (version !== null) {
      return {
        url: `nats://${USER}:${password}@127.0.0.1:${port}`,
        summary: `nats-server ${version} on 127.0.0.1:${port}`,
        ...controls(spawned, 'SIGTERM'),
      };
    }
    const said = tail(log);
    // Somebody took the port in between: another one will do.
    if (!said.includes('address already in use') || Date.now() > deadline) {
      throw new LaunchError(`nats-server in ${folder} did not start:\n${said}`);
    }
  }
}

/** Ends a server that a killed launcher left in this folder; whether there was one. */
export async function endOrphan(folder: string): Promise<boolean> {
  const id = serverIn(folder);
  if (id === null) return false;
  await endProcess(id, 'SIGTERM', ORPHAN_WITHIN_MS);
  return true;
}

/** The server's version; throws while JetStream does not answer. */
async function versionOf(port: number, password: string): Promise<string> {
  const connection = await connect({
    servers: `127.0.0.1:${port}`,
    user: USER,
    pass: password,
    reconnect: false,
    timeout: 2000,
  });
  try {
    await connection.jetstreamManager();
    return connection.info?.version ?? '';
  } finally {
    await connection.close();
  }
}
