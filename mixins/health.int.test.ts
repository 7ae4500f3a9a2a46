/** The health check of a container, asked as Docker does: a command, whose exit status counts. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceSchema } from 'moleculer';
import type { Config } from '../config.ts';
import { COMPILE_CACHE } from '../scripts/compile-cache.mjs';
import { startNode, type TestNode } from '../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { startNats, type TestServer } from '../test/harness/servers.ts';
import { until } from '../test/harness/wait.ts';
import type { Readiness } from './database/lifecycle.ts';

const SCRIPT = fileURLToPath(new URL('../scripts/health.ts', import.meta.url));
const folder = mkdtempSync(`${tmpdir()}/health-test-`);
const path = `${folder}/health.sock`;

/** Runs the check; what it exits with, and what it says. */
async function check(args: readonly string[] = [], socket = path) {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, HEALTH_SOCKET: socket },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { code: child.exitCode, said: said.trim() };
}

const PLAIN: ServiceSchema = { name: 'plain', actions: { echo: () => 'echo' } };

/** A service that says of itself what `says` holds. */
function speaking(says: { answer: Readiness }): ServiceSchema {
  return { name: 'speaking', actions: { ready: () => says.answer } };
}

/** Of a node that does not answer; the others are tested while this waits. */
let silent: Server;
let givenUp: ReturnType<typeof check>;
beforeAll(async () => {
  silent = createServer(() => undefined).listen(`${folder}/silent.sock`);
  await once(silent, 'listening');
  givenUp = check([], `${folder}/silent.sock`);
});
afterAll(() => {
  silent.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a node with a health socket', () => {
  const says: { answer: Readiness } = { answer: { ready: true } };
  let nats: TestServer;
  let config: Config;
  let node: TestNode;
  beforeAll(async () => {
    nats = await startNats();
    config = testConfig({ natsUrls: [nats.url], healthSocket: path });
    // What a node leaves that is killed.
    const listen = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', listen]);
    expect(existsSync(path)).toBe(true);
    node = await startNode(config, [PLAIN, speaking(says)]);
  });
  afterAll(async () => {
    await node.stop();
    await dropNamespace(config);
    await nats.dispose();
  });

  it('is ready when its services are, even if a dead node has left its socket', async () => {
    expect(await check()).toEqual({ code: 0, said: '{"ready":true,"missing":[]}' });
  });

  it('names the service that is not ready, and the reason', async () => {
    says.answer = { ready: false, reason: 'the database is away' };
    const ill = await check();
    says.answer = { ready: true };
    expect(ill.code).toBe(1);
    expect(JSON.parse(ill.said)).toEqual({ ready: false, missing: ['speaking: the database is away'] });
    expect((await check()).code).toBe(0);
  });

  it('is not ready while the broker is away', async () => {
    await nats.kill();
    await until(async () => (await check()).said.includes('the broker is away'), { every: 100 });
    expect((await check()).code).toBe(1);
    // A restart of the node would not bring it back.
    expect(await check(['--live'])).toMatchObject({
      code: 0,
      said: expect.stringContaining('broker is away'),
    });
    await nats.restart();
    await until(async () => (await check()).code === 0, { every: 100 });
  });

  it('disappears with the node', async () => {
    await node.stop();
    expect((await check()).code).toBe(1);
    expect((await check(['--live'])).code).toBe(1);
    expect(existsSync(path)).toBe(false);
  });
});

describe('a health socket that cannot be made', () => {
  it('stops the start of the node, and leaves the file at its path alone', async () => {
    const file = `${folder}/a-file`;
    writeFileSync(file, 'precious');
    const config = testConfig({ healthSocket: file });
    await expect(startNode(config, [PLAIN])).rejects.toThrow('EADDRINUSE');
    expect((await check([], file)).code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('precious');
    await dropNamespace(config);
  });
});

describe('the check', () => {
  it('gives up on a node that does not answer', async () => {
    const { code, said } = await givenUp;
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('no answer within') });
  });

  it('accepts a URL, and only an answer 200 from there', async () => {
    const server = createHttpServer((request, response) => {
      response.writeHead(request.url === '/ready' ? 200 : 503).end('"status"');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await check([`http://127.0.0.1:${port}/ready`])).toEqual({ code: 0, said: '200 "status"' });
    expect(await check([`http://127.0.0.1:${port}/starting`])).toEqual({ code: 1, said: '503 "status"' });
    server.close();
    expect((await check([`http://127.0.0.1:${port}/ready`])).code).toBe(1);
  });
});
