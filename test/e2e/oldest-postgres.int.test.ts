/**
 * The oldest PostgreSQL that the README promises: newer ones accept statements that it refuses. The
 * test runs where the machine has its binaries, as Debian installs them. Elsewhere it is skipped.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { keptPort } from '../../scripts/launcher/ports.ts';
import { ownFolder, serverUser } from '../../scripts/servers/postgres-files.ts';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { testServers } from '../harness/servers.ts';
import { startSystem } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { playWorkedSession } from './worked-session.ts';

const BINARIES = '/usr/lib/postgresql/15/bin';
const describeWhere = existsSync(`${BINARIES}/initdb`) ? describe : describe.skip;

describeWhere('PostgreSQL 15', () => {
  const root = mkdtempSync(`${tmpdir()}/postgres-15-`);
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const user = serverUser(`${root}/data`);
    ownFolder(root, user);
    const options = { cwd: root, ...user };
    const made = ['--auth=trust', '--username=postgres', '--locale=C.UTF-8', '--no-sync', '--pgdata=data'];
    execFileSync(`${BINARIES}/initdb`, made, { ...options, stdio: 'ignore' });
    const port = await keptPort(`${root}/port`);
    const run = [
      '-D',
      'data',
      '-p',
      `${port}`,
      '-k',
      root,
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'fsync=off',
    ];
    server = spawn(`${BINARIES}/postgres`, run, { ...options, stdio: 'ignore' });
    url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
    await until(isAnswering, { within: 30_000, what: 'PostgreSQL 15' });
  }, 60_000);
  afterAll(async () => {
    if (server?.kill('SIGQUIT')) await once(server, 'exit');
    rmSync(root, { recursive: true, force: true });
  });

  async function isAnswering(): Promise<boolean> {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }

  it('books, closes and pays as the newest one does', async () => {
    const { natsUrl } = testServers();
    const { namespace } = testConfig();
    const system = await startSystem({ natsUrl, databaseUrl: url, namespace });
    try {
      const { code, output } = await playWorkedSession(system.api, ADMIN_BEAK);
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toContain('"kind":"reward"');
      expect(output).toContain('"status":"closed"');
    } finally {
      await system.stop();
      await dropNamespace(testConfig({ namespace, databaseUrl: url }));
    }
  }, 120_000);
});
