import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import pg from 'pg';
import { findAddresses } from '../../scripts/launcher/addresses.ts';
import { freePort } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { dataFolder, Launcher, processesOf } from './terminal.ts';

let folder: ReturnType<typeof dataFolder>;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => folder.remove());

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
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('guardian.ts');
}

const gone = () =>
  until(async () => processesOf(folder.path).length === 0, { what: 'everything to be gone' });

describe('a first start in an empty data folder', () => {
  it('tells its progress, the address and the drawn beak; the next start finds the data and no beak', async () => {
    const first = await Launcher.ready({ dataDir: folder.path });
    expect(first.output).toMatch(/nats-server \d+\.\d+\.\d+ on 127\.0\.0\.1:\d+/);
    expect(first.output).toMatch(/PostgreSQL \d+(\.\d+)* on 127\.0\.0\.1:\d+/);
    expect(first.readyLine).toMatch(`ready  http://127.0.0.1:${first.port}  admin: admin, beak: `);
    const { DATABASE_URL = '', ADMIN_BEAK } = await first.services();
    expect(first.readyLine).toContain(ADMIN_BEAK);
    await query(DATABASE_URL, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(await query(DATABASE_URL, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(DATABASE_URL, 'SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    expect(await first.interrupt()).toBe(0);
    // Services go first: while they stop their servers are still there.
    expect(first.output).toMatch(/stopping: services first[\s\S]*stand-in: stopped in order/);
    expect(processesOf(folder.path)).toEqual([]);

    const second = await Launcher.ready({ dataDir: folder.path });
    expect(second.readyLine).toMatch(
      new RegExp(`^ready  http://127.0.0.1:${second.port}  admin: admin  mails: http://127.0.0.1:\\d+/$`),
    );
    const services = await second.services();
    expect(services.ADMIN_BEAK).toBeNull();
    expect(await query(services.DATABASE_URL ?? '', 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.interrupt();
  });
});

describe('a running system', () => {
  it('starts its services again when they end by themselves', async () => {
    const launcher = await Launcher.ready({ dataDir: folder.path });
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
    await launcher.interrupt();
  });

  it('leaves nothing behind when its launcher is killed, and the next start recovers', async () => {
    const killed = await Launcher.ready({ dataDir: folder.path });
    const { DATABASE_URL = '' } = await killed.services();
    await query(DATABASE_URL, 'CREATE TABLE kept AS SELECT 1 AS one');
    killed.process.kill('SIGKILL');
    await killed.exit();
    await gone();
    const next = await Launcher.ready({ dataDir: folder.path });
    const services = await next.services();
    expect(await query(services.DATABASE_URL ?? '', 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    await next.interrupt();
  });

  it('is cleared away by the next start when its guardian was killed with the launcher', async () => {
    const killed = await Launcher.ready({ dataDir: folder.path });
    const before = processesOf(folder.path);
    const guardians = before.filter((pid) => pid !== killed.process.pid);
    killed.process.kill('SIGSTOP');
    // Whoever is not a server or the services: the guardian must not see the end of its launcher.
    for (const pid of guardians) if (isGuardian(pid)) process.kill(pid, 'SIGKILL');
    killed.process.kill('SIGKILL');
    await killed.exit();
    expect(processesOf(folder.path).length).toBeGreaterThan(0);
    const next = await Launcher.ready({ dataDir: folder.path });
    const left = processesOf(folder.path).filter((pid) => before.includes(pid));
    expect(left).toEqual([]);
    await next.interrupt();
  });

  it('does not mind another one beside it, in another data folder', async () => {
    const other = dataFolder();
    try {
      const [one, two] = await Promise.all([
        Launcher.ready({ dataDir: folder.path }),
        Launcher.ready({ dataDir: other.path }),
      ]);
      const [first, second] = await Promise.all([one.services(), two.services()]);
      expect(first.NATS_URL).not.toBe(second.NATS_URL);
      expect(first.DATABASE_URL).not.toBe(second.DATABASE_URL);
      await one.interrupt();
      expect((await two.services()).pid).toBe(second.pid);
      await two.interrupt();
    } finally {
      other.remove();
    }
  });

  it('keeps a second start out of its data folder', async () => {
    const first = await Launcher.ready({ dataDir: folder.path });
    const second = await Launcher.start({ dataDir: folder.path });
    expect(await second.exit()).toBe(1);
    expect(second.output).toContain(
      `runs on the data folder ${folder.path} already (process ${first.process.pid})`,
    );
    expect((await first.services()).pid).toBeGreaterThan(0);
    await first.interrupt();
  });
});

describe('mails', () => {
  it('are caught, and shown on the page that the start-up message names, at every start the same', async () => {
    const first = await Launcher.ready({ dataDir: folder.path });
    const { SMTP_URL } = await first.services();
    const inbox = /mails: (\S+)$/.exec(first.readyLine ?? '')?.[1] ?? '';
    const mail = { from: 'a@popug.example', to: 'pip@popug.example', subject: 'Caught', text: 'Text' };
    await createTransport(SMTP_URL ?? '').sendMail(mail);
    expect(await (await fetch(inbox)).text()).toContain('Caught');
    expect(findAddresses(folder.path)).toMatchObject({ smtpUrl: SMTP_URL, inbox });
    await first.interrupt();
    await gone();
    const second = await Launcher.ready({ dataDir: folder.path });
    expect(second.readyLine).toContain(`mails: ${inbox}`);
    expect(await (await fetch(inbox)).text()).toContain('Caught');
    await second.interrupt();
  });

  it('go to the server that is given, and nothing catches them', async () => {
    const environment = { SMTP_URL: 'smtp://127.0.0.1:2525' };
    const launcher = await Launcher.ready({ dataDir: folder.path, environment });
    expect(launcher.readyLine).not.toContain('mails');
    expect((await launcher.services()).SMTP_URL).toBe(environment.SMTP_URL);
    expect(launcher.output).not.toContain('catcher');
    await launcher.interrupt();
  });
});

describe('a start that can not succeed', () => {
  async function refused(options: Partial<Parameters<typeof Launcher.start>[0]>): Promise<string> {
    const launcher = await Launcher.start({ dataDir: folder.path, ...options });
    expect(await launcher.exit()).toBe(1);
    expect(processesOf(folder.path)).toEqual([]);
    expect(launcher.output).not.toMatch(/^\s+at /m);
    return launcher.output;
  }

  it('names PORT when the port is taken', async () => {
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

  it('says what to do when the data folder belongs to another version', async () => {
    mkdirSync(folder.path, { recursive: true });
    writeFileSync(`${folder.path}/version`, '999\n');
    const output = await refused({});
    expect(output).toContain('another version');
    expect(output).toContain('DATA_DIR');
  });

  it('says what to do when NATS_SERVER_BIN is no nats-server', async () => {
    const output = await refused({ environment: { NATS_SERVER_BIN: '/bin/false' } });
    expect(output).toContain('NATS_SERVER_BIN');
  });

  it('gives up when the services end before they were ever ready', async () => {
    const output = await refused({ arguments: ['broken'] });
    expect(output).toContain('before they were ready');
  });
});

const asRoot = process.getuid?.() === 0 ? describe : describe.skip;

asRoot('root', () => {
  it('may keep the data below a folder that only root may enter', async () => {
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

  it('and an ordinary user start alike', async () => {
    const nobody = 65_534;
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
