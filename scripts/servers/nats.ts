/**
 * A private nats-server with JetStream below our own folder: `jetstream/`, `nats.conf`, `password`,
 * `port`, `nats-server.log`, and its users (nats-users.ts). It listens only on 127.0.0.1. Its URL
 * is that of the user with all rights.
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
  /** Default: only the user with all rights. */
  readonly users?: NatsUsers | undefined;
}

const NO_USERS: NatsUsers = { names: [], describe: () => undefined };

/**
 * Time limit of a start, in milliseconds. Reading the streams takes some seconds for each million
 * messages.
 */
const READY_WITHIN_MS = 120_000;

const ORPHAN_WITHIN_MS = 10_000;

/**
 * The limit of JetStream's store, in bytes: three quarters of the disk. The default is three
 * quarters of the free space at the start. On a nearly full disk, that is less than the streams
 * already have. The server would then refuse every event until its next start, even with space
 * again.
 */
function storeLimit(folder: string): number {
  const { blocks, bsize } = statfsSync(folder);
  return Math.floor((blocks * bsize * 3) / 4);
}

/**
 * The configuration file, for nats-server 2.9. `max_payload` keeps its default of 1 MiB: events are
 * far smaller.
 */
function natsConfig(folder: string, port: number): string {
  return [
    `listen: "127.0.0.1:${port}"`,
    'server_name: "embedded"',
    `pid_file: ${JSON.stringify(`${folder}/nats-server.pid`)}`,
    `include ${JSON.stringify(USERS_FILE)}`,
    // For the nodes of one machine, with some connections each.
    'max_connections: 2048',
    // Buckets and streams are on disk. A memory stream would be a mistake, so memory is small.
    'jetstream {',
    `  store_dir: ${JSON.stringify(`${folder}/jetstream`)}`,
    '  max_memory_store: 64MB',
    `  max_file_store: ${storeLimit(folder)}`,
    '}',
    '',
  ].join('\n');
}

/**
 * Starts it, and resolves when JetStream answers. First ends a server that a killed launcher left
 * in the same folder. Throws `LaunchError` when it does not start.
 */
export async function startNats(options: NatsOptions): Promise<Server> {
  const { folder, binary, users = NO_USERS } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const orphan = serverIn(folder);
  if (orphan !== null) await endProcess(orphan, 'SIGTERM', ORPHAN_WITHIN_MS);
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
    // Another process took the port meanwhile, so the next attempt uses another one.
    if (!said.includes('address already in use') || Date.now() > deadline) {
      throw new LaunchError(`nats-server in ${folder} did not start:\n${said}`);
    }
  }
}

/** The server's version. Throws while JetStream does not answer. */
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
