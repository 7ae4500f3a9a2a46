/**
 * `npm run auth`: what an operator sees, and the exit status; also when the node of auth is killed
 * meanwhile.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { createTestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { platformOf } from '#mixins/platform.ts';
import type { Config } from '../config.ts';
import type { KeyView } from '../services/auth/keys/list-keys.query.ts';
import { startNode, type TestNode } from '../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { NodeProcess } from '../test/harness/system.ts';
import { until } from '../test/harness/wait.ts';
import { COMPILE_CACHE } from './compile-cache.mjs';

const SCRIPT = fileURLToPath(new URL('./auth.ts', import.meta.url));
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

let config: Config;
let auth: NodeProcess;
/** A node that believes what it hears. */
let client: TestNode;

const keys = () => client.broker.call<KeyView[]>('auth.operator.keys.list');
const signing = async () => (await keys()).find(({ state }) => state === 'signing')?.kid ?? '';
const believed = () =>
  platformOf(client.broker)
    .identity.publicKeys()
    .filter(({ alg }) => alg === 'EdDSA')
    .map(({ kid }) => kid);
const untilReady = () =>
  until(async () => (await client.broker.call<{ ready: boolean }>('auth.ready')).ready, {
    within: 40_000,
    every: 100,
    what: 'auth to be ready',
  });

beforeAll(async () => {
  config = testConfig({ logLevel: 'fatal' });
  auth = new NodeProcess(['auth'], {
    NATS_URL: config.natsUrls.join(),
    DATABASE_URL: config.databaseUrl ?? '',
    NAMESPACE: config.namespace,
    ADMIN_BEAK: 'a-beak-for-the-tests',
    LOG_LEVEL: 'warn',
  });
  auth.start();
  client = await startNode(config, []);
  await untilReady();
});

afterAll(async () => {
  await auth?.stop();
  await client?.stop();
  await dropNamespace(config);
});

function start(...args: string[]): { child: ChildProcess; text(): string; ended: Promise<number> } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', SCRIPT, ...args], {
    env: {
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      NATS_URL: config.natsUrls.join(),
      NAMESPACE: config.namespace,
      DATA_DIR: `${tmpdir()}/ates-nothing-here`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return { child, text: () => output, ended: once(child, 'close').then(([code]) => code as number) };
}

async function run(...args: string[]): Promise<{ code: number; output: string }> {
  const { ended, text } = start(...args);
  return { code: await ended, output: text() };
}

describe('npm run auth', () => {
  it('AUTH-1: rotates the keys once, with an overlap, and shows the progress', async () => {
    const old = await signing();
    const first = await run('rotate-keys');
    const [, kid = ''] = new RegExp(`^Key (${UUID}) was made\n`).exec(first.output) ?? [];
    expect(first).toEqual({
      code: 0,
      output: expect.stringMatching(new RegExp(`\nIt signs from \\S+Z on; tokens of ${old} hold until`)),
    });
    expect(await run('rotate-keys')).toEqual({
      code: 0,
      output: expect.stringMatching(
        new RegExp(`^A rotation is under way: key ${kid} was made before\nIt signs from`),
      ),
    });
    const { code, output } = await run('keys');
    expect(code).toBe(0);
    expect(output).toMatch(
      new RegExp(
        `^${old}  signing    signs from \\S+Z, to be retired \\S+Z, in the bucket: believed\n${kid}  published  signs from \\S+Z, in the bucket: believed\n$`,
      ),
    );
  });

  it('AUTH-4: revokes all keys, and reports it when every node has the new ones', async () => {
    const before = (await keys()).filter(({ state }) => state !== 'retired').map(({ kid }) => kid);
    const { code, output } = await run('rotate-keys', '--revoke');
    const kid = await signing();
    expect({ code, output }).toEqual({
      code: 0,
      output: `Key ${kid} was made\nIt signs. Tokens of ${before.join(', ')} are refused; clients refresh theirs, and nobody has to sign in again\n`,
    });
    await until(() => believed().join() === kid);
  });

  it('AUTH-4: completes a revocation although the node of auth is killed during it', async () => {
    const old = await signing();
    const command = start('rotate-keys', '--revoke');
    await until(() => command.text().includes('was made'), { within: 30_000, every: 1 });
    await auth.kill();
    auth.start();
    await untilReady();
    expect({ code: await command.ended, output: command.text() }).toEqual({
      code: 0,
      output: expect.stringContaining(`Tokens of ${old} are refused`),
    });
    const kid = await signing();
    expect(kid).not.toBe(old);
    await until(() => believed().join() === kid);
  });

  it('F17: revokes nothing while a foreign key is in the bucket, and shows that key', async () => {
    const before = await signing();
    const issuer = await createTestIssuer(config.namespace);
    const kv = await platformOf(client.broker).bus.bucket(IDENTITY_BUCKET);
    // Auth takes it out within seconds: planted again and again.
    const planting = setInterval(() => void kv.put(...issuer.entry), 20);
    try {
      expect(await run('rotate-keys', '--revoke')).toEqual({
        code: 1,
        output: expect.stringContaining(`keys that auth has not written: ${issuer.key.kid}`),
      });
      const { code, output } = await run('keys');
      expect(code).toBe(1);
      expect(output).toContain(`${before}  signing `);
      expect(output).toMatch(new RegExp(`\n${issuer.key.kid}  FOREIGN `));
    } finally {
      clearInterval(planting);
    }
    expect(await signing()).toBe(before);
    await until(async () => (await keys()).every(({ state }) => state !== 'foreign'), { within: 15_000 });
    expect((await run('keys')).code).toBe(0);
  });

  it("AUD-1: leaves the operator's name in the log", async () => {
    const operators = new RegExp(
      `^operator:[A-Za-z0-9._-]+@${hostname().replaceAll(/[^A-Za-z0-9._-]/g, '-')}$`,
    );
    const info = await platformOf(client.broker).bus.manager.streams.getMessage(`${config.namespace}_AUTH`, {
      last_by_subj: `${config.namespace}.auth.signing-key.rotated.v1`,
    });
    expect(decodeURIComponent(info.header.get('ce-actorid'))).toMatch(operators);
  });

  it.each([
    ['nothing', []],
    ['an unknown command', ['rotate']],
    ['an unknown option', ['rotate-keys', '--now']],
    ['too much', ['keys', '--revoke']],
  ])('ends with 2 and changes nothing when called with %s', async (_, args) => {
    const before = await keys();
    const { code, output } = await run(...args);
    expect(code).toBe(2);
    expect(output).toMatch(/^Usage: npm run auth -- rotate-keys \[--revoke\]\n/);
    expect(await keys()).toEqual(before);
  });
});
