/** A cluster of three nats-servers on the loopback interface. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'nats';
import { controls, spawnServer } from '../../scripts/servers/server.ts';
import { findNatsForTests, type TestServer, testServer } from './servers.ts';
import { freePort } from './system.ts';
import { until } from './wait.ts';

const SIZE = 3;

export interface NatsCluster {
  /** Of the client ports. */
  readonly urls: readonly string[];
  /**
   * By name (`n0`, `n1`, `n2`), which is also the tag for placing streams. In the order of the
   * URLs.
   */
  readonly servers: Readonly<Record<string, TestServer>>;
  dispose(): Promise<void>;
}

/** Resolves when JetStream answers on every server. */
export async function startNatsCluster(): Promise<NatsCluster> {
  const binary = await findNatsForTests();
  const numbers = Array.from({ length: SIZE }, (_, number) => number);
  const ports: number[] = [];
  while (ports.length < 2 * SIZE) {
    const port = await freePort();
    if (!ports.includes(port)) ports.push(port);
  }
  const clients = ports.slice(0, SIZE);
  const routes = ports.slice(SIZE).map((port) => `nats://127.0.0.1:${port}`);
  const servers = await Promise.all(
    numbers.map((number) =>
      testServer('nats', async (folder, openNote) => {
        mkdirSync(folder, { recursive: true });
        const config = [
          `listen: "127.0.0.1:${clients[number]}"`,
          `server_name: n${number}`,
          `server_tags: [n${number}]`,
          `jetstream { store_dir: ${JSON.stringify(`${folder}/jetstream`)} }`,
          `cluster { name: test, listen: ${JSON.stringify(routes[number]?.slice('nats://'.length))}, routes: ${JSON.stringify(routes)} }`,
        ];
        writeFileSync(`${folder}/nats.conf`, `${config.join('\n')}\n`);
        const begun = await spawnServer({
          command: binary,
          args: ['-c', `${folder}/nats.conf`],
          cwd: folder,
          log: `${folder}/nats-server.log`,
          openNote,
        });
        const url = `nats://127.0.0.1:${clients[number]}`;
        return { url, summary: `nats-server n${number}`, ...controls(begun, 'SIGTERM') };
      }),
    ),
  );
  const urls = servers.map(({ url }) => url);
  await Promise.all(
    urls.map((url) => until(() => answers(url), { within: 30_000, every: 100, what: `${url} to answer` })),
  );
  return {
    urls,
    servers: Object.fromEntries(servers.map((server, number) => [`n${number}`, server])),
    async dispose() {
      await Promise.all(servers.map((server) => server.dispose()));
    },
  };
}

/** Whether JetStream has its leader, as this server sees it. */
async function answers(url: string): Promise<boolean> {
  const connection = await connect({ servers: new URL(url).host, timeout: 2_000 });
  try {
    await (await connection.jetstreamManager()).getAccountInfo();
    return true;
  } finally {
    await connection.close();
  }
}
