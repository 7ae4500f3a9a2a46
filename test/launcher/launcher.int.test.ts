import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import pg from 'pg';
import { findAddresses } from '../../scripts/launcher/addresses.ts';
import { commandLineOf } from '../../scripts/launcher/process.ts';
import { freePort } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { dataFolder, Launcher, mayRun, processesOf } from './terminal.ts';

type Folder = ReturnType<typeof dataFolder>;

let folder: Folder;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => folder.remove());

/**
 * A data folder after a first start. Most tests use a copy, because making the database takes the
 * most time.
 */
let started: Folder;
/** That first start, after it ended in order, with its output. */
let first: {
  readonly launcher: Launcher;
  readonly beak: string | undefined;
  readonly left: readonly number[];
};
beforeAll(async () => {
  started = dataFolder();
  const launcher = await Launcher.ready({ dataDir: started.path });
  const { DATABASE_URL = '', ADMIN_BEAK } = await launcher.services();
  await query(DATABASE_URL, 'CREATE TABLE kept AS SELECT 42 AS answer');
  expect(await launcher.interrupt()).toBe(0);
  first = { launcher, beak: ADMIN_BEAK, left: processesOf(started.path) };
});
afterAll(() => started.remove());

/** `cp` keeps the owner, because root runs PostgreSQL as another user. */
function copyDatabase(path: string): void {
  mkdirSync(path, { recursive: true });
  expect(spawnSync('cp', ['-a', `${started.path}/postgres`, `${path}/`]).status).toBe(0);
  rmSync(`${path}/postgres/port`);
}

async function query(databaseUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function isGuardian(pid: number): boolean {
  return commandLineOf(pid).includes('guardian.ts');
}

/**
 * The processes of the folder that run this program. A process that starts another program appears
 * twice for a moment.
 */
function processesThatRun(program: string): number[] {
  const lines = processesOf(folder.path).map((pid) => [pid, commandLineOf(pid)] as const);
  return lines.filter(([, line]) => line.split(' ')[0]?.endsWith(`/${program}`)).map(([pid]) => pid);
}

/**
 * Only the oldest of them. A process that it has just started would otherwise stay frozen after its
 * end, and not end by itself.
 */
function freeze(program: string): void {
  const [oldest] = processesThatRun(program);
  if (oldest !== undefined) process.kill(oldest, 'SIGSTOP');
}

const gone = () =>
  until(async () => processesOf(folder.path).length === 0, { what: 'everything to be gone' });

describe('a first start in an empty data folder', () => {
  it('prints its progress, the address and the drawn beak; the next start finds the data and prints no beak', async () => {
    const { launcher, beak, left } = first;
    expect(launcher.output).toMatch(/nats-server \d+\.\d+\.\d+ on 127\.0\.0\.1:\d+/);
    expect(launcher.output).toMatch(/PostgreSQL \d+(\.\d+)* on 127\.0\.0\.1:\d+/);
    expect(launcher.readyLine).toMatch(`ready  http://127.0.0.1:${launcher.port}  admin: admin, beak: `);
    expect(launcher.readyLine).toContain(beak);
    // Services go first: while they stop their servers are still there.
    expect(launcher.output).toMatch(/stopping: services first[\s\S]*stand-in: stopped in order/);
    expect(left).toEqual([]);

    const second = await Launcher.ready({ dataDir: started.path });
    expect(second.readyLine).toMatch(
      new RegExp(`^ready  http://127.0.0.1:${second.port}  admin: admin  mails: http://127.0.0.1:\\d+/$`),
    );
    const { ADMIN_BEAK, DATABASE_URL = '' } = await second.services();
    expect(ADMIN_BEAK).toBeNull();
    expect(await query(DATABASE_URL, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(await query(DATABASE_URL, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(DATABASE_URL, 'SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    await second.interrupt();
  });
});

describe('a first start that ends while it makes its database', () => {
  const making = () =>
    until(async () => processesThatRun('initdb').length > 0, { every: 5, what: 'a database that is made' });

  it('by Ctrl-C, prints no error, and leaves nothing running', async () => {
    const launcher = await Launcher.start({ dataDir: folder.path });
    await making();
    // What it is to make must not be made before it is ended.
    freeze('initdb');
    await until(
      async () => /^nats-server /m.test(launcher.output) && /^mail catcher/m.test(launcher.output),
      {
        what: 'the other servers',
      },
    );
    expect(await launcher.interrupt()).toBe(0);
    expect(launcher.output).not.toMatch(/unexpectedly|did not start|failed/);
    expect(processesOf(folder.path)).toEqual([]);
    await (await Launcher.ready({ dataDir: folder.path })).interrupt();
  });

  it('by kill -9, leaves no process behind that goes on', async () => {
    const launcher = await Launcher.start({ dataDir: folder.path });
    await making();
    freeze('initdb');
    launcher.process.kill('SIGKILL');
    await launcher.exit();
    await gone();
    await (await Launcher.ready({ dataDir: folder.path })).interrupt();
  });
});

describe('a running system', () => {
  /** One for all of these tests, with the users of the real services. */
  let shared: Folder;
  let launcher: Launcher | undefined;

  beforeAll(() => {
    shared = dataFolder();
    copyDatabase(shared.path);
  });
  beforeEach(() => {
    folder.remove();
    folder = { path: shared.path, remove: () => undefined };
  });
  afterAll(() => shared.remove());

  /** Started where it does not run. */
  async function running(): Promise<Launcher> {
    if (launcher?.isRunning !== true) {
      const environment = { LOOK_EVERY_MS: '250' };
      launcher = await Launcher.ready({ dataDir: shared.path, arguments: ['users'], environment });
    }
    return launcher;
  }

  it('starts its services again when they end by themselves', async () => {
    const launcher = await running();
    const { pid } = await launcher.services();
    await fetch(`http://127.0.0.1:${launcher.port}/crash`).catch(() => undefined);
    await until(
      async () => {
        const now = await launcher.services().catch(() => null);
        return now !== null && now.pid !== pid;
      },
      { what: 'another process of the services' },
    );
    expect(launcher.output).toContain('ended unexpectedly; starting it again');
  });

  it('refuses a second start in its data folder', async () => {
    const first = await running();
    const second = await Launcher.start({ dataDir: folder.path });
    expect(await second.exit()).toBe(1);
    expect(second.output).toContain(
      `runs on the data folder ${folder.path} already (process ${first.process.pid})`,
    );
    expect((await first.services()).pid).toBeGreaterThan(0);
  });

  it('is not affected by another one in another data folder', async () => {
    const other = dataFolder();
    try {
      copyDatabase(other.path);
      const [one, two] = await Promise.all([
        running(),
        Launcher.ready({ dataDir: other.path, arguments: ['users'] }),
      ]);
      const [first, second] = await Promise.all([one.services(), two.services()]);
      expect(first.AUTH_NATS_URL).toMatch(/^nats:/);
      expect(first.AUTH_NATS_URL).not.toBe(second.AUTH_NATS_URL);
      expect(first.DATABASE_URL).not.toBe(second.DATABASE_URL);
      await two.interrupt();
      expect((await one.services()).pid).toBe(first.pid);
    } finally {
      other.remove();
    }
  });

  it('starts its nats-server again if that goes on without JetStream', async () => {
    const launcher = await running();
    const [pid = 0] = processesThatRun('nats-server');
    const config = `${folder.path}/nats/nats.conf`;
    writeFileSync(config, readFileSync(config, 'utf8').replace(/^jetstream {.*?^}$/ms, ''));
    process.kill(pid, 'SIGHUP');
    await until(() => /JetStream does not answer[\s\S]*^nats-server \d/m.test(launcher.output), {
      what: 'another nats-server',
    });
    expect(processesThatRun('nats-server')).toEqual([expect.any(Number)]);
    expect(processesThatRun('nats-server')).not.toContain(pid);
  });

  it('catches mails, and shows them on the page that the start-up message names, which is the same at every start', async () => {
    const first = await running();
    const { SMTP_URL } = await first.services();
    const inbox = /mails: (\S+)$/.exec(first.readyLine ?? '')?.[1] ?? '';
    const mail = { from: 'a@popug.example', to: 'pip@popug.example', subject: 'Caught', text: 'Text' };
    await createTransport(SMTP_URL ?? '').sendMail(mail);
    expect(await (await fetch(inbox)).text()).toContain('Caught');
    expect(findAddresses(folder.path)).toMatchObject({ smtpUrl: SMTP_URL, inbox });
    // Also after what was started again above.
    expect(await first.interrupt()).toBe(0);
    await gone();
    const second = await running();
    expect(second.readyLine).toContain(`mails: ${inbox}`);
    expect(await (await fetch(inbox)).text()).toContain('Caught');
  });

  it('leaves nothing behind when its launcher is killed, and the next start recovers', async () => {
    const killed = await running();
    const { DATABASE_URL = '' } = await killed.services();
    await query(DATABASE_URL, 'CREATE TABLE survives AS SELECT 1 AS one');
    killed.process.kill('SIGKILL');
    await killed.exit();
    await gone();
    const services = await (await running()).services();
    expect(await query(services.DATABASE_URL ?? '', 'SELECT one FROM survives')).toEqual([{ one: 1 }]);
  });

  it('is ended by the next start if its guardian was killed with the launcher', async () => {
    const killed = await running();
    const before = processesOf(folder.path);
    const guardians = before.filter((pid) => pid !== killed.process.pid);
    killed.process.kill('SIGSTOP');
    // Whoever is not a server or the services: the guardian must not see the end of its launcher.
    for (const pid of guardians) if (isGuardian(pid)) process.kill(pid, 'SIGKILL');
    killed.process.kill('SIGKILL');
    await killed.exit();
    expect(processesOf(folder.path).length).toBeGreaterThan(0);
    const next = await running();
    const left = processesOf(folder.path).filter((pid) => before.includes(pid));
    expect(left).toEqual([]);
    await next.interrupt();
  });
});

describe('a system that npm started', () => {
  it('ends with that npm, although a shell is between them', async () => {
    copyDatabase(folder.path);
    const root = mkdtempSync(`${tmpdir()}/launcher-test-npm-`);
    try {
      const standIn = fileURLToPath(new URL('./up.ts', import.meta.url));
      const start = `"${process.execPath}" "${standIn}"`;
      // Behind it there is something to do: no shell makes way for the launcher.
      writeFileSync(`${root}/package.json`, JSON.stringify({ scripts: { start: `${start} && true` } }));
      const launcher = await Launcher.ready({ dataDir: folder.path, root, npm: true });
      launcher.process.kill('SIGKILL');
      await gone();
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

/** The stand-in never connects. */
const DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none';

describe('a given database', () => {
  it.each([
    ['shows the drawn beak where the first admin was made with it', {}, /admin: admin, beak: \S+ \(shown/],
    [
      'shows no beak that nobody can sign in with, where an admin was there before',
      { REFUSE_SIGN_IN: '1' },
      /admin: admin {2}mails/,
    ],
  ])('%s', async (_, environment, expected) => {
    const launcher = await Launcher.ready({
      dataDir: folder.path,
      environment: { DATABASE_URL, ...environment },
    });
    expect(launcher.readyLine).toMatch(expected);
    await launcher.interrupt();
  });
});

describe('a given mail server', () => {
  it('gets the mails, and the catcher gets none', async () => {
    const environment = { SMTP_URL: 'smtp://127.0.0.1:2525', DATABASE_URL };
    const launcher = await Launcher.ready({ dataDir: folder.path, environment });
    expect(launcher.readyLine).not.toContain('mails');
    expect((await launcher.services()).SMTP_URL).toBe(environment.SMTP_URL);
    expect(launcher.output).not.toContain('catcher');
    await launcher.interrupt();
  });
});

describe('a start that cannot succeed', () => {
  async function refused(options: Partial<Parameters<typeof Launcher.start>[0]>): Promise<string> {
    const launcher = await Launcher.start({ dataDir: folder.path, ...options });
    expect(await launcher.exit()).toBe(1);
    expect(processesOf(folder.path)).toEqual([]);
    expect(launcher.output).not.toMatch(/^\s+at /m);
    return launcher.output;
  }

  it('names PORT if the port is taken', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    try {
      const output = await refused({ port });
      expect(output).toContain(String(port));
      expect(output).toContain('PORT');
    } finally {
      server.close();
    }
  });

  it('names the variable that is malformed', async () => {
    expect(await refused({ environment: { FEE_RANGE: '20..10' } })).toContain('FEE_RANGE is "20..10", but');
  });

  it('says what to do if the data folder belongs to another version', async () => {
    mkdirSync(folder.path, { recursive: true });
    writeFileSync(`${folder.path}/version`, '999\n');
    const output = await refused({});
    expect(output).toContain('another version');
    expect(output).toContain('DATA_DIR');
  });

  it('says what to do if NATS_SERVER_BIN is not a nats-server', async () => {
    const output = await refused({ environment: { NATS_SERVER_BIN: '/bin/false' } });
    expect(output).toContain('NATS_SERVER_BIN');
  });

  it('gives up if the services end before they were ready', async () => {
    const output = await refused({ arguments: ['broken'], environment: { DATABASE_URL } });
    expect(output).toContain('before they were ready');
  });
});

const isRoot = process.getuid?.() === 0;

(isRoot ? describe : describe.skip)('root', () => {
  it('may store the data below a folder that only root may enter', async () => {
    const closed = mkdtempSync(`${tmpdir()}/launcher-test-closed-`);
    try {
      const launcher = await Launcher.ready({ dataDir: `${closed}/data` });
      const { DATABASE_URL = '' } = await launcher.services();
      expect(await query(DATABASE_URL, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await launcher.interrupt();
    } finally {
      rmSync(closed, { recursive: true, force: true });
    }
  });

  const nobody = 65_534;
  (isRoot && mayRun(nobody) ? it : it.skip)('and an ordinary user start alike', async () => {
    const own = mkdtempSync(`${tmpdir()}/launcher-test-own-`);
    chownSync(own, nobody, nobody);
    try {
      const launcher = await Launcher.ready({ dataDir: `${own}/data`, uid: nobody });
      const { DATABASE_URL = '' } = await launcher.services();
      expect(await query(DATABASE_URL, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await launcher.interrupt();
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });
});
