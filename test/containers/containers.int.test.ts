/**
 * Needs no Docker. Commands of docker-compose.yml run as plain processes with their variables, in a
 * folder with the files of the Dockerfile's image. The servers are the test's own.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../../config.ts';
import { Children } from '../../scripts/launcher/children.ts';
import { passwordVariable } from '../../scripts/nats/configuration.ts';
import { loadServiceFacts } from '../../scripts/nats/service-facts.ts';
import { systemUsers } from '../../scripts/nats/users.ts';
import { type Catcher, startCatcher } from '../../scripts/servers/catcher.ts';
import { urlAs } from '../../scripts/servers/nats-users.ts';
import { playWorkedSession } from '../e2e/worked-session.ts';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { startNats, type TestServer, testServers } from '../harness/servers.ts';
import { freePort, serviceNames } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { type ComposeService, readCompose } from './compose.ts';
import { Container } from './container.ts';
import { layOut, readImage } from './image.ts';

const START_WITHIN_MS = 60_000;

const config: Config = testConfig();
const image = readImage();
const folder = mkdtempSync(`${tmpdir()}/containers-test-`);
const running: Container[] = [];
let compose: Readonly<Record<string, ComposeService>>;
let catcher: Catcher;
let nats: TestServer;
let root: string;
let laidOut: readonly string[];

function start(service: string): Container {
  const { databaseUrl } = testServers();
  const declared = compose[service];
  if (declared === undefined) throw new Error(`docker-compose.yml has no ${service}`);
  const container = new Container(declared, {
    image,
    files: `${folder}/files`,
    own: `${folder}/${service}-${running.length}`,
    hosts: { nats: nats.url, postgres: databaseUrl, mailpit: catcher.url },
  });
  running.push(container);
  return container;
}

function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
}

async function healthy(container: Container): Promise<void> {
  await until(async () => (await container.health()).code === 0, {
    within: START_WITHIN_MS,
    every: 500,
    what: 'a healthy container',
  });
}

beforeAll(async () => {
  const children = new Children(process.env.TEST_RUN_FOLDER ?? folder);
  catcher = await startCatcher({
    folder: `${folder}/catcher`,
    openNote: children.notes('catcher'),
  });
  const port = String(await freePort());
  root = `http://127.0.0.1:${port}`;
  const users = systemUsers(config.namespace, await loadServiceFacts(config.product));
  nats = await startNats({
    users: {
      names: users.map(({ name }) => name),
      describe: (name) => users.find((user) => user.name === name),
    },
  });
  const passwords = users.map((user) => [
    passwordVariable(config.namespace, user).slice(1),
    new URL(urlAs(nats.url, nats.folder, user.name)).password,
  ]);
  compose = readCompose({
    PORT: port,
    NAMESPACE: config.namespace,
    // Containers have a network each, but these processes share one.
    METRICS_LISTEN: '127.0.0.1:0',
    ...Object.fromEntries(passwords),
  });
  layOut(image, `${folder}/files`);
  laidOut = filesOf(`${folder}/files`);
});
afterAll(async () => {
  await Promise.all(running.map((container) => container.kill()));
  await catcher.kill();
  await nats.dispose();
  rmSync(folder, { recursive: true, force: true });
  await dropNamespace(config);
});

describe('the containers of docker-compose.yml', () => {
  let accounting: Container;
  let auth: Container;
  let gateway: Container;

  it("F19: are prepared by the only one that has the superuser's password, any number of times", async () => {
    for (const _ of ['first', 'again']) {
      const provision = start('provision');
      expect({ code: await provision.ended(), output: provision.output }).toMatchObject({
        code: 0,
        // All but the gateway have a database.
        output: expect.stringContaining(`The databases of ${serviceNames().length - 1} services are ready`),
      });
      expect(provision.output).not.toContain('trying-it-out');
    }
    running.length = 0;
  });

  it('are healthy alone', async () => {
    accounting = start('accounting');
    await healthy(accounting);
  }, 120_000);

  it('start all together, report that they are ready, and print the address', async () => {
    const started = serviceNames().map(
      (name) => [name, name === 'accounting' ? accounting : start(name)] as const,
    );
    const byName = Object.fromEntries(started);
    [auth, gateway] = [byName.auth as Container, byName.gateway as Container];
    try {
      await until(async () => (await fetch(`${root}/readyz`)).ok, { within: START_WITHIN_MS, every: 200 });
    } catch (cause) {
      throw new Error(started.map(([name, { output }]) => `--- ${name}\n${output}`).join('\n'), { cause });
    }
    await Promise.all(running.map(healthy));
    expect(gateway.output).toContain(`ready  ${root}`);
    expect(auth.output).toMatch(/The beak of admin, told only once: \S+/);
  }, 120_000);

  it('F18: carry out the worked session, with a scaled service', async () => {
    await healthy(start('accounting'));
    const beak = /told only once: (\S+)/.exec(auth.output)?.[1] ?? '';
    const { code, output } = await playWorkedSession(`${root}/api/v1`, beak);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('"kind":"reward"');
    // F18: each service as its own user of NATS, which may do all that it needs.
    expect(readFileSync(`${nats.folder}/nats-server.log`, 'utf8')).not.toContain('Violation');
    for (const { output: said } of running) expect(said).not.toContain('NATS_URL');
    // The digest of the shuffle.
    await until(async () =>
      (await (await fetch(`${catcher.page}api/mails`)).text()).includes('pip@example.com'),
    );
  }, 120_000);

  it('F18: let operators act with a NATS user of their own', async () => {
    const users = ['operator', 'auth'].map((name) =>
      urlAs(nats.url, nats.folder, `${config.namespace}_${name}`),
    );
    const [operator = '', service = ''] = users;
    const { ACCOUNTING_DATABASE_URL = '' } = compose.accounting?.environment ?? {};
    const database = new URL(ACCOUNTING_DATABASE_URL);
    database.host = new URL(testServers().databaseUrl).host;
    const run = async (OPERATOR_NATS_URL: string, script: string, ...parameters: string[]) => {
      const child = spawn(process.execPath, [`${folder}/files/scripts/${script}.ts`, ...parameters], {
        env: {
          PATH: process.env.PATH,
          NODE_COMPILE_CACHE: `${folder}/compile-cache`,
          NAMESPACE: config.namespace,
          OPERATOR_NATS_URL,
          ACCOUNTING_DATABASE_URL: database.href,
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      child.stdin.end('consumers\noutboxes\nletters\nshuffles\nday\n');
      const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { output, errors };
    };
    const { output } = await run(operator, 'repl');
    expect(output).toMatch(
      /accounting-tasks +running[\s\S]*tasks +0 [\s\S]*no open dead letters[\s\S]*completed/,
    );
    expect((await run(operator, 'auth', 'keys')).output).toMatch(/ signs/);
    expect((await run(operator, 'ledger', 'verify', '--heads')).output).toContain('is intact');
    expect(readFileSync(`${nats.folder}/nats-server.log`, 'utf8')).not.toContain('Violation');
    // A service's user is no operator's.
    expect((await run(service, 'auth', 'keys')).output).not.toMatch(/ signs/);
    expect(readFileSync(`${nats.folder}/nats-server.log`, 'utf8')).toContain('Publish Violation');
  }, 120_000);

  it('end in order when they are stopped', async () => {
    const codes = await Promise.all(running.map((container) => container.stop()));
    expect(codes).toEqual(running.map(() => 0));
    expect((await auth.health()).code).toBe(1);
    // The file system of an image is read-only.
    expect(filesOf(`${folder}/files`)).toEqual(laidOut);
  });
});
