/** Real servers for tests: shared ones of the whole run, and a test's own ones that it may kill. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { PROJECT } from '../../product.ts';
import { Children, type Role } from '../../scripts/launcher/children.ts';
import type { OpenNote } from '../../scripts/launcher/spawn.ts';
import { findNats } from '../../scripts/servers/find-nats.ts';
import { startNats as launchNats } from '../../scripts/servers/nats.ts';
import type { NatsUsers } from '../../scripts/servers/nats-users.ts';
import { startPostgres as launchPostgres } from '../../scripts/servers/postgres.ts';
import type { Server } from '../../scripts/servers/server.ts';
import { freeze, resume } from './freeze.ts';

/** Prefix of the temporary folders of tests. The next run removes the folders of a killed one. */
export const TEST_FOLDER = `${PROJECT}-test-`;

export interface TestServers {
  readonly natsUrl: string;
  readonly databaseUrl: string;
}

/**
 * The servers that the whole run shares (global-setup.ts starts them). Use a namespace of your own:
 * `testConfig()`.
 */
export function testServers(): TestServers {
  const natsUrl = process.env.TEST_RUN_NATS_URL;
  const databaseUrl = process.env.TEST_RUN_DATABASE_URL;
  if (natsUrl === undefined || databaseUrl === undefined)
    throw new Error('Run tests with jest: its global setup starts the servers');
  return { natsUrl, databaseUrl };
}

/**
 * A server of one test. The URL stays the same as long as nobody takes its port while it is down.
 */
export interface TestServer {
  readonly url: string;
  /** The folder of its data, in the launcher's layout. */
  readonly folder: string;
  /** Stops it properly. The data stay. */
  stop(): Promise<void>;
  /** Kills it by SIGKILL. The data stay. */
  kill(): Promise<void>;
  /** Starts it again, stopping it first if it runs. */
  restart(): Promise<void>;
  /** Sends SIGSTOP to it and its children. `resume` undoes this. */
  pause(): Promise<void>;
  resume(): void;
  /** Stops it and deletes its data. Call it at the end. */
  dispose(): Promise<void>;
}

/**
 * A nats-server for this test. `binary` chooses the program, and `users` adds users with limited
 * rights.
 */
export function startNats(
  options: { readonly binary?: string; readonly users?: NatsUsers } = {},
): Promise<TestServer> {
  return testServer('nats', async (folder, openNote) => {
    const binary = options.binary ?? (await findNatsForTests());
    return launchNats({ folder, binary, openNote, users: options.users });
  });
}

/**
 * A PostgreSQL for this test. Making one takes about a second. An example of `settings` is `{
 * max_connections: '20' }`.
 */
export function startPostgres(
  options: { readonly settings?: Readonly<Record<string, string>> } = {},
): Promise<TestServer> {
  return testServer('postgres', (folder, openNote) => launchPostgres({ folder, openNote, ...options }));
}

/** The machine's nats-server, or one fetched into a cache that later runs use again. */
export async function findNatsForTests(): Promise<string> {
  const found = await findNats({
    fixed: process.env.NATS_SERVER_BIN || null,
    path: process.env.PATH ?? '',
    cache: fileURLToPath(new URL('../../.data/cache', import.meta.url)),
  });
  return found.path;
}

/**
 * `launch` starts the server in a folder. The folder does not exist at the first start, and has the
 * data of the server at later ones.
 */
export async function testServer(
  role: Role,
  launch: (folder: string, openNote: OpenNote) => Promise<Server>,
): Promise<TestServer> {
  const run = process.env.TEST_RUN_FOLDER ?? mkdtempSync(`${tmpdir()}/${TEST_FOLDER}`);
  const parent = mkdtempSync(`${run}/${role}-`);
  // Noted for the run's guardian, because a killed test cleans nothing up.
  const children = new Children(run);
  const folder = `${parent}/server`;
  const start = () => launch(folder, children.notes(role));
  let server = await start();
  return {
    get url() {
      return server.url;
    },
    folder,
    stop: () => server.stop(),
    kill: () => server.kill(),
    async restart() {
      await server.stop();
      server = await start();
    },
    pause: () => freeze(server.id),
    resume: () => resume(server.id),
    async dispose() {
      await server.kill();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
