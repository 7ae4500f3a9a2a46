import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, type NatsConnection } from 'nats';
import { freeze, resume } from '../../test/harness/freeze.ts';
import { findNatsForTests, TEST_FOLDER } from '../../test/harness/servers.ts';
import { until } from '../../test/harness/wait.ts';
import { Children } from '../launcher/children.ts';
import { isRunning, signal } from '../launcher/process.ts';
import { type Supervision, supervise } from '../launcher/supervise.ts';
import { startNats } from './nats.ts';
import { watched } from './nats-watch.ts';
import type { Server } from './server.ts';

/** Pause between two checks, in milliseconds. The server is killed after four failures in a row. */
const LOOK_EVERY_MS = 250;

let folder: string;
let printed: string[];
let supervised: Supervision<Server>;

beforeEach(async () => {
  const run = process.env.TEST_RUN_FOLDER ?? mkdtempSync(`${tmpdir()}/${TEST_FOLDER}`);
  folder = mkdtempSync(`${run}/nats-watch-`);
  // Noted for the run's guardian, because a killed test cleans nothing up.
  const openNote = new Children(run).notes('nats');
  printed = [];
  const print = (line: string) => printed.push(line);
  const binary = await findNatsForTests();
  supervised = await supervise<Server>({
    name: 'nats-server',
    print,
    firstPause: 10,
    start: async () =>
      watched(await startNats({ folder, binary, openNote }), { print, lookEvery: LOOK_EVERY_MS }),
  });
});
afterEach(async () => {
  await supervised.kill();
  rmSync(folder, { recursive: true, force: true });
});

function open(timeout = 2000): Promise<NatsConnection> {
  const { host, username, password } = new URL(supervised.current.url);
  return connect({ servers: host, user: username, pass: password, reconnect: false, timeout });
}

async function streams(): Promise<object[]> {
  const connection = await open();
  try {
    const found = await (await connection.jetstreamManager()).streams.list().next();
    return found.map(({ config, state }) => ({ name: config.name, messages: state.messages }));
  } finally {
    await connection.close();
  }
}

const startedAgain = async (before: Server) => {
  await until(() => supervised.current !== before, { what: 'another nats-server' });
  expect(isRunning(before.id)).toBe(false);
  expect(printed).toEqual([
    expect.stringMatching(/^nats-server's JetStream does not answer/),
    expect.stringMatching(/^nats-server ended unexpectedly; starting it again/),
  ]);
};

/** The number of its starts: its log says once for each that it is ready. */
const starts = () => readFileSync(`${folder}/nats-server.log`, 'utf8').split('Server is ready').length - 1;

/** In this version, a broken-off write waits for a lock that it holds itself. */
const hangs = execFileSync(await findNatsForTests(), ['--version'], { encoding: 'utf8' }).includes('v2.9.');

describe('a nats-server that goes on without JetStream', () => {
  (hangs ? it : it.skip)('as a write broke off, is killed, and keeps what it had', async () => {
    const before = supervised.current;
    const connection = await open();
    await (await connection.jetstreamManager()).streams.add({ name: 'KEPT', subjects: ['kept.>'] });
    await connection.jetstream().publish('kept.one', Buffer.alloc(1000));
    // There is room for half of the next write, as on a nearly full disk.
    execFileSync('prlimit', ['--pid', String(before.id.pid), '--fsize=1500']);
    connection.publish('kept.two', Buffer.alloc(1000));
    await startedAgain(before);
    expect(await streams()).toEqual([{ name: 'KEPT', messages: 1 }]);
  });

  it('because it was switched off, is killed, and has JetStream again', async () => {
    const before = supervised.current;
    const config = readFileSync(`${folder}/nats.conf`, 'utf8');
    writeFileSync(`${folder}/nats.conf`, config.replace(/^jetstream {.*?^}$/ms, ''));
    signal(before.id, 'SIGHUP');
    await startedAgain(before);
    expect(await streams()).toEqual([]);
  });
});

describe('a nats-server that does not answer at all', () => {
  it('is left alone, and goes on when it answers again', async () => {
    const { current } = supervised;
    await freeze(current.id);
    // Twice as many checks as the watch needs.
    for (let look = 0; look < 8; look++) {
      await expect(open(LOOK_EVERY_MS)).rejects.toThrow();
    }
    resume(current.id);
    expect(await streams()).toEqual([]);
    expect(supervised.current).toBe(current);
    expect(starts()).toBe(1);
    expect(printed).toEqual([]);
  });
});
