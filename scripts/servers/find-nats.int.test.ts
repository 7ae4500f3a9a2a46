import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findNats, type NatsSearch } from './find-nats.ts';
import { type Release, releasePlatform } from './nats-release.ts';

let folder: string;
/** A machine without any nats-server and without sources for one. */
let bare: NatsSearch;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/find-nats-`);
  bare = { fixed: null, path: '', cache: `${folder}/cache`, sbin: [], debian: null, release: null };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Something that says it is a nats-server. */
function fakeBinary(name: string, version: string): string {
  const path = `${folder}/${name}/nats-server`;
  mkdirSync(`${folder}/${name}`, { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('the search for a nats-server', () => {
  it('takes NATS_SERVER_BIN before anything else', async () => {
    const fixed = fakeBinary('fixed', '2.10.1');
    fakeBinary('path', '2.10.2');
    expect(await findNats({ ...bare, fixed, path: `${folder}/path` })).toMatchObject({ path: fixed });
  });

  it('takes the PATH, then the sbin folders, then the cache', async () => {
    fakeBinary('cache', '2.10.4');
    expect((await findNats(bare)).version).toBe('2.10.4');
    fakeBinary('sbin', '2.10.3');
    expect((await findNats({ ...bare, sbin: [`${folder}/sbin`] })).version).toBe('2.10.3');
    fakeBinary('path', '2.10.2');
    const found = await findNats({ ...bare, path: `/nowhere:${folder}/path`, sbin: [`${folder}/sbin`] });
    expect(found.version).toBe('2.10.2');
  });

  it('skips one that is too old or does not run', async () => {
    fakeBinary('old', '2.8.4');
    mkdirSync(`${folder}/broken`);
    writeFileSync(`${folder}/broken/nats-server`, 'no program', { mode: 0o755 });
    fakeBinary('good', '2.9.10');
    const path = ['old', 'broken', 'good'].map((name) => `${folder}/${name}`).join(':');
    expect((await findNats({ ...bare, path })).path).toBe(`${folder}/good/nats-server`);
  });

  it('refuses a NATS_SERVER_BIN that is not a nats-server, and ends', async () => {
    fakeBinary('path', '2.10.2');
    const search = findNats({ ...bare, fixed: '/bin/false', path: `${folder}/path` });
    await expect(search).rejects.toThrow('NATS_SERVER_BIN');
  });

  it('ends with one error that names the tried places and what to do', async () => {
    fakeBinary('old', '2.8.4');
    const search = findNats({
      ...bare,
      path: `${folder}/old`,
      debian: async () => 'this system has no apt-get',
    });
    await expect(search).rejects.toThrow(
      /2\.8\.4, older than[\s\S]*no apt-get[\s\S]*apt-get install nats-server[\s\S]*NATS_URL/,
    );
  });
});

const onDebian = existsSync('/etc/debian_version') ? describe : describe.skip;

onDebian("Debian's package", () => {
  it('fetches one, without installing it, if the PATH has none', async () => {
    const { debian: _, ...search } = bare;
    const found = await findNats(search);
    expect(found).toMatchObject({ path: `${folder}/cache/nats-server`, from: "from Debian's package" });
    expect((await findNats(bare)).path).toBe(found.path);
  }, 120_000);
});

describe('the official release', () => {
  let server: Server;
  let release: Release;
  let requests: string[];

  beforeEach(async () => {
    const name = `nats-server-v9.9.9-${releasePlatform()}`;
    fakeBinary(name, '9.9.9');
    execFileSync('tar', ['-czf', 'release.tar.gz', name], { cwd: folder });
    const archive = readFileSync(`${folder}/release.tar.gz`);
    requests = [];
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end(archive);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    release = {
      version: '9.9.9',
      base: `http://127.0.0.1:${port}`,
      sums: { [releasePlatform()]: createHash('sha256').update(archive).digest('hex') },
    };
  });
  afterEach(() => {
    server.close();
  });

  it('is fetched, checked and cached', async () => {
    const found = await findNats({ ...bare, release });
    expect(found).toMatchObject({ path: `${folder}/cache/nats-server`, version: '9.9.9' });
    expect(requests).toEqual([`/v9.9.9/nats-server-v9.9.9-${releasePlatform()}.tar.gz`]);
    await findNats({ ...bare, release });
    expect(requests).toHaveLength(1);
  });

  it('is not used or kept if its SHA-256 differs', async () => {
    const sums = { [releasePlatform()]: 'f'.repeat(64) };
    await expect(findNats({ ...bare, release: { ...release, sums } })).rejects.toThrow('SHA-256');
    expect(existsSync(`${folder}/cache/nats-server`)).toBe(false);
  });
});
