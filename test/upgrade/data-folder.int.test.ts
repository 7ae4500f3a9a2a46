/**
 * A data folder of an older release, with today's release started on it. `fixtures/README.md` says
 * how the folder was made.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, nanos } from 'nats';
import { type Config, readConfig } from '../../config.ts';
import { findAddresses } from '../../scripts/launcher/addresses.ts';
import { runRetention } from '../../scripts/retention/run-retention.ts';
import { runScript } from '../../scripts/run-script.fixture.ts';
import { Client } from '../e2e/client.ts';
import { until } from '../harness/wait.ts';
import { dataFolder, Launcher } from '../launcher/terminal.ts';

const FIXTURES = new URL('./fixtures/', import.meta.url);
const SCRIPT = fileURLToPath(new URL('../../scripts/up.ts', import.meta.url));
/** The user that runs PostgreSQL, where root runs this test. */
const NOBODY = 65_534;
/** NATS takes no limit of age that is below it. */
const DUPLICATES_MS = 100;

/** What the older release answered before it was stopped. */
interface Expected {
  readonly day: string;
  readonly users: readonly { id: string; login: string; email: string; roles: string[] }[];
  readonly tasks: readonly {
    id: string;
    title: string;
    externalId: string | null;
    status: string;
    assignee: string;
    version: number;
  }[];
  readonly statements: Readonly<
    Record<string, { balance: number; lines: readonly (readonly [string, number, number])[] }>
  >;
  readonly closed: object;
  readonly mails: readonly { id: string; status: string; recipient: string; subject: string }[];
  /** Number of records of the log. */
  readonly records: number;
}
const expected = JSON.parse(readFileSync(new URL('expected.json', FIXTURES), 'utf8')) as Expected;

const folder = dataFolder();
let launcher: Launcher;
let config: Config;
let admin: Client;
let api: string;

beforeAll(async () => {
  mkdirSync(folder.path);
  // Its databases have the same system tables, which zstd finds at any distance.
  const input = zstdDecompressSync(readFileSync(new URL('data-folder.tar.zst', FIXTURES)));
  expect(spawnSync('tar', ['-x', '-C', folder.path, '--no-same-owner'], { input }).status).toBe(0);
  if (process.getuid?.() === 0) spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, `${folder.path}/postgres`]);
  launcher = await Launcher.ready({ dataDir: folder.path, script: SCRIPT });
  api = `http://127.0.0.1:${launcher.port}/api/v1`;
  admin = await new Client(api).signIn('admin', 'feathers-and-all');
  config = readConfig({ DATA_DIR: folder.path, LOG_LEVEL: 'error' });
}, 120_000);
afterAll(async () => {
  await launcher?.interrupt();
  folder.remove();
});

const operator = (script: string, ...args: string[]) =>
  runScript(config, script, args, { DATA_DIR: folder.path, NATS_URL: '' });

async function expectConsistent(): Promise<void> {
  const answer = await until(
    async () => {
      const { status, body } = await admin.request<{ consistent: boolean }>(
        'GET',
        '/analytics/reconciliation',
      );
      return status === 200 && body;
    },
    { within: 60_000, what: 'a reconciliation' },
  );
  expect(answer).toMatchObject({ consistent: true, differences: [] });
}

const byId = <Item extends { readonly id: string }>(items: readonly Item[]) =>
  items.toSorted((a, b) => (a.id < b.id ? -1 : 1));

interface Line {
  readonly kind: string;
  readonly amount: number;
  readonly balanceAfter: number;
}

async function expectAllThere(): Promise<void> {
  const tasks = await admin.all<Omit<Expected['tasks'][number], 'assignee'> & { assignee: { id: string } }>(
    '/tasks',
  );
  expect(
    byId(tasks).map(({ id, title, externalId, status, assignee, version }) => ({
      id,
      title,
      externalId,
      status,
      assignee: assignee.id,
      version,
    })),
  ).toEqual(byId(expected.tasks));
  for (const { id, login } of expected.users) {
    const { balance } = await admin.expect<{ balance: number }>(200, 'GET', `/accounting/accounts/${id}`);
    const lines = await admin.all<Line>(`/accounting/accounts/${id}/statement`);
    const found = lines.map(({ kind, amount, balanceAfter }) => [kind, amount, balanceAfter]);
    expect({ login, balance, lines: found }).toEqual({ login, ...expected.statements[login] });
  }
  expect(await admin.expect(200, 'GET', `/accounting/days/${expected.day}`)).toMatchObject(expected.closed);
}

describe('a data folder of an older release', () => {
  it('KEEP-5: has its tasks, balances, statements and closed days in this release', expectAllThere, 60_000);

  it('KEEP-5: has its mails, log and seal, and is consistent', async () => {
    const mails = await admin.all<Expected['mails'][number]>('/mails');
    for (const { id, status, recipient, subject } of expected.mails)
      expect(mails).toContainEqual(expect.objectContaining({ id, status, recipient, subject }));
    expect((await admin.all('/audit')).length).toBeGreaterThanOrEqual(expected.records);
    const { code, said } = await operator('ledger.ts', 'verify', '--heads');
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/is intact[\s\S]*, published/) });
    await expectConsistent();
  }, 120_000);

  it('KEEP-5: lets people sign in, and work goes on', async () => {
    const open = expected.tasks.find(({ status }) => status === 'open');
    const login = expected.users.find(({ id }) => id === open?.assignee)?.login ?? '';
    const person = await new Client(api).signIn(login, `${login}-is-a-parrot`);
    await person.expect(200, 'POST', `/tasks/${open?.id}/complete`);
    await until(
      async () =>
        (await person.all<Line>('/accounting/accounts/me/statement')).length >
        (expected.statements[login]?.lines.length ?? 0),
    );
    await expectConsistent();
  }, 60_000);
});

describe('a system whose history was all removed', () => {
  it('KEEP-3, KEEP-4: is consistent, its seal is intact, and its figures can be rebuilt', async () => {
    const { natsUrl = '' } = findAddresses(folder.path) ?? {};
    const url = new URL(natsUrl);
    const nats = await connect({
      servers: url.host,
      user: url.username,
      pass: decodeURIComponent(url.password),
    });
    const manager = await nats.jetstreamManager();
    for await (const { config: settings } of manager.streams.list())
      if (!settings.name.startsWith('KV_'))
        await manager.streams.update(settings.name, { ...settings, duplicate_window: nanos(DUPLICATES_MS) });
    await nats.close();
    // A day is a millisecond here. All events of before have been handled.
    const before = Date.now();
    await expectConsistent();
    const lines: string[] = [];
    const retain = () => {
      lines.length = 0;
      const days = Date.now() - before;
      const settings = {
        retentionStreamsDays: days,
        retentionAuditDays: days,
        retentionMailsDays: days,
        retentionAssignmentsDays: days,
        retentionDeadLettersDays: days,
      };
      return runRetention({
        config: { ...config, ...settings },
        folder: `${folder.path}/archives`,
        by: 'operator:mia@zoo',
        print: (line) => void lines.push(line),
        dayMs: 1,
        marginMs: 0,
      });
    };
    expect(await retain()).toBe(false);
    const said = lines.join('\n');
    expect(said).toContain('analytics could not be rebuilt, because it has no snapshot');
    expect(said).toMatch(/tasks: [89] assignment-histories removed/);
    expect(await operator('analytics.ts', 'snapshot')).toMatchObject({ code: 0 });
    expect({ isWhole: await retain(), refusals: lines.filter((line) => line.startsWith('  ')) }).toEqual({
      isWhole: true,
      refusals: [],
    });
    expect(lines.join('\n')).toMatch(/accounting: \d+ events removed/);
    await expectConsistent();
    expect(await operator('ledger.ts', 'verify')).toMatchObject({ code: 0 });
    const rebuilt = await operator('analytics.ts', 'rebuild');
    expect(rebuilt).toMatchObject({ code: 0, said: expect.stringMatching(/is complete, and live\n$/) });
    await expectConsistent();
  }, 120_000);
});
