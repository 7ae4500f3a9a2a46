/** A nats-server with a configuration of the test, as an administrator would write it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'nats';
import { findNatsForTests, type TestServer, testServer } from '../../test/harness/servers.ts';
import { freePort } from '../../test/harness/system.ts';
import { until } from '../../test/harness/wait.ts';
import { controls, spawnServer } from '../servers/server.ts';

/** The password of every user whose password is a variable. */
export const PASSWORD = 'of-the-tests';

export interface Configuration {
  /** The configuration without the address, the log and the folder of JetStream. */
  readonly main: string;
  /** Included files, by name. Variables that end in `_PASSWORD` have the value `PASSWORD`. */
  readonly included: Readonly<Record<string, string>>;
  /** A user that may connect, to check that the server is ready. */
  readonly user: string;
}

/** Resolves when it is ready. `url` has no user. */
export async function startConfigured({ main, included, user }: Configuration): Promise<TestServer> {
  const port = await freePort();
  const server = await testServer('nats', async (folder, openNote) => {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(included)) {
      writeFileSync(`${folder}/${name}`, text.replaceAll(/\$[A-Z_]+_PASSWORD/g, JSON.stringify(PASSWORD)));
    }
    const here = [
      `listen: "127.0.0.1:${port}"`,
      `jetstream { store_dir: ${JSON.stringify(`${folder}/jetstream`)} }`,
    ];
    writeFileSync(`${folder}/nats.conf`, [...here, main, ''].join('\n'));
    const begun = await spawnServer({
      command: await findNatsForTests(),
      args: ['-c', `${folder}/nats.conf`],
      cwd: folder,
      log: `${folder}/nats-server.log`,
      openNote,
    });
    const url = `nats://127.0.0.1:${port}`;
    return { url, summary: 'nats-server', ...controls(begun, 'SIGTERM') };
  });
  await until(() => answers(port, user), { within: 30_000, every: 50, what: 'nats-server to be ready' });
  return server;
}

/** The URL of the server as this user. */
export function as(server: TestServer, user: string): string {
  return server.url.replace('//', `//${encodeURIComponent(user)}:${PASSWORD}@`);
}

async function answers(port: number, user: string): Promise<boolean> {
  try {
    const connection = await connect({ servers: `127.0.0.1:${port}`, user, pass: PASSWORD });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
