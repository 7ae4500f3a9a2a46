/**
 * A cluster whose nodes are replaced one after another, from an older release to this one, while
 * requests go on. `fixtures/README.md` names the older release.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../../config.ts';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import { Client, type Line, type Task, type User } from '../e2e/client.ts';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { type System, startSystem } from '../harness/system.ts';
import { until } from '../harness/wait.ts';

const ARCHIVE = fileURLToPath(new URL('./fixtures/sources.tar.gz', import.meta.url));
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

let config: Config;
let place: string;
let older: System;
let newer: System | undefined;
let admin: Client;
let mia: { user: User; client: Client };
let pip: { user: User; client: Client };
const tasks: Task[] = [];
const done = new Set<string>();

beforeAll(async () => {
  config = testConfig();
  place = mkdtempSync(`${tmpdir()}/upgrade-test-`);
  const sources = `${place}/older/`;
  mkdirSync(sources);
  expect(spawnSync('tar', ['-xzf', ARCHIVE, '-C', sources, '--no-same-owner']).status).toBe(0);
  symlinkSync(MODULES, `${sources}node_modules`);
  older = await start({ sources });
  admin = await new Client(older.api).signIn('admin', ADMIN_BEAK);
  mia = await admin.register('mia', ['manager']);
  pip = await admin.register('pip', ['developer']);
}, 120_000);
afterAll(async () => {
  await Promise.all([older?.stop(), newer?.stop()]);
  await dropNamespace(config);
  rmSync(place, { recursive: true, force: true });
});

function start(options: { readonly sources?: string } = {}): Promise<System> {
  const { databaseUrl, natsUrls, namespace } = config;
  return startSystem({ natsUrl: natsUrls.join(), databaseUrl: databaseUrl ?? '', namespace, ...options });
}

/** The same person at the gateway of a node. */
const at = ({ api }: System, { token }: Client) => new Client(api, token);

async function work(system: System, from: number): Promise<void> {
  for (let n = from; n < from + 4; n++) {
    const task = await at(system, mia.client).createTask(`[POPUG-${n}] Wash cage ${n}`);
    tasks.push(task);
    if (task.assignee.id !== pip.user.id || n % 2 === 0) continue;
    await at(system, pip.client).expect(200, 'POST', `/tasks/${task.id}/complete`);
    done.add(task.id);
  }
}

/** Every assignment is charged once and every completion paid once. */
async function untilBooked(system: System): Promise<void> {
  const reader = at(system, admin);
  await until(
    async () => {
      const users = (await reader.all<User>('/users')).map(({ id }) => id);
      const lines = await Promise.all(
        users.map((id) => reader.all<Line>(`/accounting/accounts/${id}/statement`)),
      );
      const kinds = lines.flat().map(({ kind }) => kind);
      const count = (kind: string) => kinds.filter((each) => each === kind).length;
      return count('fee') >= tasks.length && count('reward') >= done.size && [count('fee'), count('reward')];
    },
    { within: 60_000, what: 'all lines' },
  ).then((counts) => expect(counts).toEqual([tasks.length, done.size]));
}

describe('a cluster whose nodes are replaced one after another', () => {
  it('KEEP-6: serves requests of all nodes while both releases run, and books each task once', async () => {
    await work(older, 1);
    newer = await start();
    for (let n = 0; n < 3; n++) {
      await work(older, 10 + n * 10);
      await work(newer, 15 + n * 10);
    }
    await untilBooked(newer);
    await untilBooked(older);
    expect(await at(newer, admin).all<Task>('/tasks')).toHaveLength(tasks.length);
    expect(await at(older, admin).all<Task>('/tasks')).toHaveLength(tasks.length);
  }, 120_000);

  it('KEEP-6: goes on without the older nodes, and is consistent', async () => {
    if (newer === undefined) throw new Error('No newer node runs');
    const working = work(newer, 50);
    await older.stop();
    await working;
    await work(newer, 60);
    await untilBooked(newer);
    const reader = at(newer, admin);
    const found = await until(
      async () => {
        const { status, body } = await reader.request<object>('GET', '/analytics/reconciliation');
        return status === 200 && body;
      },
      { within: 60_000, what: 'a reconciliation' },
    );
    expect(found).toMatchObject({ consistent: true, differences: [] });
  }, 120_000);
});
