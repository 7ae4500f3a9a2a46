/** The output of the launcher with the real services, line by line. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findAddresses } from '../../scripts/launcher/addresses.ts';
import { Client } from '../e2e/client.ts';
import { serviceNames } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { dataFolder, Launcher } from './terminal.ts';

const UP = fileURLToPath(new URL('../../scripts/up.ts', import.meta.url));
const SERVICES = serviceNames();
const ADDRESS = String.raw`127\.0\.0\.1:\d+`;

/** Lines of the launcher, in this order, except for the servers, which start at the same time. */
const ABOUT_SERVERS = [
  new RegExp(`^nats-server \\d+\\.\\d+\\.\\d+ on ${ADDRESS}$`),
  new RegExp(`^PostgreSQL \\d+(\\.\\d+)* on ${ADDRESS}$`),
  new RegExp(`^mail catcher on ${ADDRESS}, its inbox on http://${ADDRESS}/$`),
];
const READY_FIRST = new RegExp(
  `^ready {2}http://${ADDRESS} {2}admin: admin, beak: [a-z2-9]{5}(-[a-z2-9]{5}){3} \\(shown only this once\\) {2}mails: http://${ADDRESS}/$`,
);
const READY_AGAIN = new RegExp(`^ready {2}http://${ADDRESS} {2}admin: admin {2}mails: http://${ADDRESS}/$`);

/**
 * Lines on a slow machine: services report that they wait for a server, and later that it is back.
 */
const NOT_YET = [
  /^not ready yet: (there is no answer yet|[a-z]+: [a-z ]+(, [a-z]+: [a-z ]+)*)$/,
  /^\[\S+\] (WARN|INFO) {2}[\w.-]+\/[A-Z-]+: [a-z-]+: waits: (the database does not answer|over after \d+ s)$/,
  /^\[\S+\] WARN {2}[\w.-]+\/BROKER: [a-z]+\.ready could not be done: DeadlinePassedError: .+$/,
];

/**
 * `[2026-01-01T00:00:00.000Z] INFO host-123-abcd/TASKS: text` → `TASKS: text`; null for other
 * lines.
 */
function logged(line: string): string | null {
  return (
    /^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] INFO {2}[\w.-]+\/([A-Z-]+: .*)$/.exec(line)?.[1] ?? null
  );
}

const upper = SERVICES.map((name) => name.toUpperCase()).join('|');
const STARTED = SERVICES.map((name) => `${name.toUpperCase()}: Service '${name}' started.`);
const STOPPED = SERVICES.map((name) => `${name.toUpperCase()}: Service '${name}' stopped.`);
/** Other lines of services: where they listen, and that their database is ready. */
const ABOUT_STARTING = [
  /^GATEWAY: API Gateway server created\.$/,
  new RegExp(`^GATEWAY: API Gateway listening on http://${ADDRESS}$`),
  new RegExp(`^(${upper}): Sequelize adapter has connected successfully\\.$`),
];
/** Lines of services at the first start only. */
const ABOUT_MAKING = [/^AUTH: Made the first admin, admin$/];
/** Lines of the launcher at the first start only. */
const MIGRATED = /^Migrated ates_[a-z_]+: [a-z]+\/\d{4}_\w+(, [a-z]+\/\d{4}_\w+)*$/;

let folder: ReturnType<typeof dataFolder>;
/** The lines of two runs with one data folder. */
const lives: string[][] = [];
/** Passwords in `addresses.json`. They may be nowhere else. */
let passwords: string[] = [];

beforeAll(async () => {
  folder = dataFolder();
  let beak = '';
  for (const title of ['Before', 'After']) {
    const launcher = await Launcher.ready({ dataDir: folder.path, script: UP });
    beak = /beak: (\S+)/.exec(launcher.readyLine ?? '')?.[1] ?? beak;
    const { natsUrl = '', databaseUrl = '' } = findAddresses(folder.path) ?? {};
    passwords = [natsUrl, databaseUrl].map((url) => new URL(url).password);
    await work(await new Client(`http://127.0.0.1:${launcher.port}/api/v1`).signIn('admin', beak), title);
    expect(await launcher.interrupt()).toBe(0);
    const lines = launcher.output.trimEnd().split('\n');
    lives.push(lines.filter((line) => !NOT_YET.some((each) => each.test(line))));
  }
}, 120_000);
afterAll(() => folder.remove());

/** Creates a task and waits until all services have it. The system logs nothing meanwhile. */
async function work(admin: Client, title: string): Promise<void> {
  const { client } = await admin.register(title.toLowerCase(), ['developer']);
  const { id } = await admin.createTask(title);
  await admin.expect(202, 'POST', '/tasks/shuffles');
  expect((await client.request('POST', `/tasks/${id}`)).status).toBe(405);
  await until(
    async () => (await admin.all<{ status: string }>('/mails')).some(({ status }) => status === 'sent'),
    {
      within: 20_000,
      what: 'the digest to be sent',
    },
  );
}

/** Asserts that a run has only expected lines. `making` are the patterns of a first start. */
function expectPlainLife(lines: readonly string[], ready: RegExp, making: readonly RegExp[]): void {
  const migrated = lines.filter((line) => MIGRATED.test(line));
  // All but the gateway have a database.
  expect(migrated).toHaveLength(making.length > 0 ? SERVICES.length - 1 : 0);
  const own = lines.filter((line) => logged(line) === null && !MIGRATED.test(line));
  expect(own).toHaveLength(6);
  expect(own[0]).toBe(`starting ${SERVICES.join(', ')} with the data in ${folder.path}`);
  for (const pattern of ABOUT_SERVERS) expect(own.slice(1, 4)).toContainEqual(expect.stringMatching(pattern));
  expect(own[4]).toMatch(ready);
  expect(own[5]).toBe('stopping: services first, then their servers');

  const stopping = lines.indexOf(own[5] ?? '');
  const said = (from: number, to?: number) => lines.slice(from, to).flatMap((line) => logged(line) ?? []);
  const before = said(0, stopping);
  expect(before.filter((text) => STARTED.includes(text)).sort()).toEqual([...STARTED].sort());
  const rest = before.filter((text) => !STARTED.includes(text));
  expect(rest.filter((text) => ![...ABOUT_STARTING, ...making].some((each) => each.test(text)))).toEqual([]);
  for (const pattern of making) expect(rest).toContainEqual(expect.stringMatching(pattern));
  expect(new Set(rest).size).toBe(rest.length);
  expect(said(stopping).sort()).toEqual([...STOPPED].sort());
}

describe('the output of the launcher', () => {
  it('is as expected, line by line, at a first start, while running and at a stop', () => {
    expectPlainLife(lives[0] ?? [], READY_FIRST, ABOUT_MAKING);
  });

  it('is as expected at the next start: nothing is migrated, made or shown again', () => {
    expectPlainLife(lives[1] ?? [], READY_AGAIN, []);
  });

  it('contains no password of a server', () => {
    expect(passwords.every((password) => password.length >= 32)).toBe(true);
    for (const password of passwords) expect(lives.flat().join('\n')).not.toContain(password);
  });
});
