import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { findAddresses } from '../../scripts/launcher/addresses.ts';
import { commandLineOf } from '../../scripts/launcher/process.ts';
import { Client } from '../e2e/client.ts';
import { expectExactBooks } from '../faults/books.ts';
import { serviceNames } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { exerciseToys } from '../toy/exercise.ts';
import { dataFolder, Launcher, processesOf } from './terminal.ts';

const script = (name: string) => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));

/** Moleculer's runner would read these as options of the broker. */
const HOSTILE = { VALIDATOR: 'false', LOGGER: 'false', TRANSPORTER: 'TCP', MOL_REQUEST_TIMEOUT: '1' };

/**
 * F19: credentials of services open only their own database, and only the owner of the folder can
 * read secrets.
 */
async function expectSecretsKept(dataDir: string): Promise<void> {
  const { databaseUrl = '', keySecret } = findAddresses(dataDir) ?? {};
  const modeOf = (file: string) => statSync(`${dataDir}/${file}`).mode & 0o777;
  expect([modeOf('key-secret'), modeOf('addresses.json')]).toEqual([0o600, 0o600]);
  expect(readFileSync(`${dataDir}/key-secret`, 'utf8').trim()).toBe(keySecret);
  const shown = await Launcher.start({ dataDir, script: script('provision.ts'), arguments: ['--show'] });
  expect(await shown.exit()).toBe(0);
  const urls = [...shown.output.matchAll(/^[A-Z]+_DATABASE_URL=(\S+)$/gm)].map(
    ([, url = '']) => new URL(url),
  );
  expect(shown.stdout).toContain(`\nKEY_SECRET=${keySecret}\n`);
  // A file of variables, and nothing else.
  expect(shown.stdout).toMatch(/^(?:[A-Z][A-Z0-9_]*=.*\n)+$/);
  const names = await connected(databaseUrl, (client) =>
    client.query<{ name: string }>('SELECT datname AS name FROM pg_database WHERE datallowconn'),
  );
  // Only the gateway has none.
  expect(urls).toHaveLength(serviceNames().length - 1);
  for (const url of urls) {
    for (const { name } of names.rows) {
      const there = Object.assign(new URL(url), { pathname: `/${name}` });
      const refused = connected(there.href, async () => 'let in').catch(
        (error: { code?: string }) => error.code,
      );
      expect({ url: url.pathname, name, refused: await refused }).toMatchObject({
        refused: url.pathname === `/${name}` ? 'let in' : '42501',
      });
    }
  }
}

/** F19: in the environment of no process that runs services; `count`: how many there are. */
function expectNoSuperuser(dataDir: string, count: number): void {
  if (process.platform !== 'linux') return;
  const { databaseUrl = '' } = findAddresses(dataDir) ?? {};
  const environments = processesOf(dataDir)
    // The folder may have other processes that end at this moment.
    .filter((pid) => commandLineOf(pid).includes('run-services.ts'))
    .map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'));
  expect(environments).toHaveLength(count);
  for (const environment of environments) {
    expect(environment).toContain('TASKS_DATABASE_URL=postgresql://ates_tasks:');
    expect(environment).not.toContain(new URL(databaseUrl).password);
  }
}

async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('npm start with the real services', () => {
  let folder: ReturnType<typeof dataFolder>;
  let launcher: Launcher;
  let admin: Client;

  beforeAll(async () => {
    folder = dataFolder();
    launcher = await Launcher.ready({ dataDir: folder.path, script: script('up.ts'), environment: HOSTILE });
    const beak = /beak: (\S+)/.exec(launcher.readyLine ?? '')?.[1] ?? '';
    admin = await new Client(`http://127.0.0.1:${launcher.port}/api/v1`).signIn('admin', beak);
  }, 120_000);
  afterAll(async () => {
    await launcher?.interrupt();
    folder.remove();
  });

  it('FAIL-5, F18, F19, G25: gains a node and loses it to kill -9, or with its launcher, and the money is right', async () => {
    await admin.register('pip', ['developer']);
    await admin.createTask('Task 0');
    const node = await Launcher.start({
      dataDir: folder.path,
      script: script('node.ts'),
      arguments: ['accounting', 'tasks'],
      environment: HOSTILE,
    });
    await until(async () => node.output.includes("Service 'tasks' started"), {
      within: 30_000,
      what: 'the node to be there',
    });
    expectNoSuperuser(folder.path, 2);
    // Nobody types: it says who is there, and leaves.
    const repl = await Launcher.start({ dataDir: folder.path, script: script('repl.ts') });
    expect(await repl.exit()).toBe(0);
    expect(repl.output).toMatch(/^ates: 2 nodes with accounting, .*tasks$/m);
    const beside = await Launcher.start({
      dataDir: folder.path,
      script: script('node.ts'),
      port: launcher.port,
      arguments: ['gateway'],
    });
    expect(await beside.exit()).toBe(1);
    expect(beside.output).toMatch(
      /^PORT \d+ is taken on 127\.0\.0\.1\..* PORT=\d+ npm run node -- gateway\n$/,
    );
    for (let n = 1; n <= 50; n++) await admin.createTask(`Task ${n}`);
    const services = processesOf(folder.path).filter((pid) => pid !== node.process.pid);
    expect(services.length).toBeGreaterThan(1);
    process.kill(Number(/process (\d+)/.exec(node.output)?.[1]), 'SIGKILL');
    expect(await node.exit()).toBe(1);
    await expectSecretsKept(folder.path);
    const other = await Launcher.start({
      dataDir: folder.path,
      script: script('node.ts'),
      arguments: ['tasks', 'auth'],
    });
    const [, started = ''] = await until(() => /process (\d+)/.exec(other.output) ?? undefined, {
      within: 30_000,
      what: 'the other node to begin',
    });
    other.process.kill('SIGKILL');
    await until(() => !processesOf(folder.path).includes(Number(started)), { what: 'its node to be gone' });
    for (let n = 51; n <= 80; n++) await admin.createTask(`Task ${n}`);
    const books = await expectExactBooks(admin);
    expect(books.lines).toHaveLength(81);
    // Each process has the user of its services, and none of them wants more than that one may.
    expect(node.output).toContain('ates_accounting+tasks.');
    expect(launcher.output).not.toContain('NATS_URL');
    expect(readFileSync(`${folder.path}/nats/nats-server.log`, 'utf8')).not.toContain('Violation');
  }, 120_000);

  it('can have another product beside it on the same servers', async () => {
    const servers = findAddresses(folder.path);
    if (servers === null) throw new Error('The system does not run');
    await exerciseToys(servers);
    await admin.expect(200, 'GET', '/tasks');
  }, 120_000);

  it('leaves nothing running when it ends', async () => {
    await launcher.interrupt();
    expect(processesOf(folder.path)).toEqual([]);
  });
});

describe('a command that starts services', () => {
  it('starts nothing if it gets arguments, which it does not support', async () => {
    const folder = dataFolder();
    try {
      const launcher = await Launcher.start({
        dataDir: folder.path,
        script: script('up.ts'),
        arguments: ['--port=1'],
      });
      expect(await launcher.exit()).toBe(1);
      expect(launcher.output).toMatch(/^npm start takes no arguments \(--port=1\).*\n$/);
      expect(existsSync(folder.path)).toBe(false);
    } finally {
      folder.remove();
    }
  });

  it('F18, F19: runs a node that has only the URLs of its services', async () => {
    const folder = dataFolder();
    const own = {
      MAILER_NATS_URL: 'nats://ates_mailer:x@127.0.0.1:1',
      MAILER_DATABASE_URL: 'postgresql://ates_mailer:x@127.0.0.1:1/ates_mailer',
    };
    const start = (environment: Partial<typeof own>) =>
      Launcher.start({
        dataDir: folder.path,
        script: script('node.ts'),
        arguments: ['mailer'],
        environment,
      });
    try {
      const node = await start(own);
      await until(() => node.output.includes('a node with mailer'), {
        within: 30_000,
        what: 'the node to begin',
      });
      await node.interrupt();
      for (const name of Object.keys(own) as (keyof typeof own)[]) {
        const refused = await start({ [name]: own[name] });
        expect(await refused.exit()).toBe(1);
        expect(refused.output).toMatch(/^No system runs on the data folder .*<SERVICE>_NATS_URL/);
      }
    } finally {
      folder.remove();
    }
  }, 60_000);

  it('names the existing services if a node is to run another one', async () => {
    const folder = dataFolder();
    try {
      const node = await Launcher.start({
        dataDir: folder.path,
        script: script('node.ts'),
        arguments: ['nobody'],
      });
      expect(await node.exit()).toBe(1);
      expect(node.output).toMatch(/^There is no service nobody\. There are: accounting, .*tasks\.\n$/);
      const none = await Launcher.start({ dataDir: folder.path, script: script('node.ts') });
      expect(await none.exit()).toBe(1);
      expect(none.output).toMatch(/^Which services\? There are: accounting, .*tasks\.\n$/);
    } finally {
      folder.remove();
    }
  });
});
