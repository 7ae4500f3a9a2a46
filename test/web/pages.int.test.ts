/** The pages as a gateway serves them. */
import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startNode, type TestNode } from '../harness/broker.ts';
import { dropNamespace, testConfig } from '../harness/config.ts';

const ROOT = new URL('../../', import.meta.url);
const config = testConfig({ logLevel: 'fatal' });
let node: TestNode;
let root: string;

beforeAll(async () => {
  node = await startNode(config, ['gateway']);
  const gateway = node.broker.getLocalService('gateway') as unknown as { server: { address(): AddressInfo } };
  root = `http://127.0.0.1:${gateway.server.address().port}`;
});
afterAll(async () => {
  await node.stop();
  await dropNamespace(config);
});

const HTML = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };
const get = (path: string, headers: Record<string, string> = HTML, method = 'GET') =>
  fetch(`${root}${path}`, { headers, method });

/** The paths of the files in the page. */
const filesOf = (page: string) => [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');

describe('a browser', () => {
  it.each(['/', '/tasks', '/tasks/0190', '/no/such/page'])(
    'WEB-20: gets the page at every address that no route has: %s',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(filesOf(await answer.text()).length).toBeGreaterThan(2);
    },
  );

  it('WEB-22: gets it under a policy that allows only own files, and no HTML from scripts', async () => {
    const policy = (await get('/')).headers.get('content-security-policy');
    expect(policy).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'",
    );
  });

  it('WEB-20: may keep the files of the page for ever, and gets them packed', async () => {
    for (const path of filesOf(await (await get('/')).text())) {
      const { status, headers } = await get(path, { 'accept-encoding': 'gzip' });
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('content-encoding')).toBe('gzip');
    }
  });
});

describe('an address that is none of a page', () => {
  it.each([
    '/api/v1/nothing',
    '/assets/nothing.js',
    '/assets/..%2f..%2fpackage.json',
    '/docs/nothing',
    '/favicon.ico',
    '/.well-known/nothing',
  ])('WEB-20: is a problem, as before: %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('is a problem for clients of the API, and for changes', async () => {
    expect((await get('/tasks', { accept: '*/*' })).status).toBe(404);
    expect((await get('/tasks', { accept: 'application/json' })).status).toBe(404);
    expect((await get('/tasks', HTML, 'POST')).status).toBe(404);
  });
});

describe('the build', () => {
  it('WEB-19: gives the same files each time', () => {
    const built = mkdtempSync(`${tmpdir()}/ates-pages-`);
    try {
      const vite = new URL('node_modules/vite/bin/vite.js', ROOT).pathname;
      const parameters = ['build', '-c', 'web/vite.config.ts', '--outDir', built, '--logLevel', 'error'];
      execFileSync(process.execPath, [vite, ...parameters], {
        cwd: ROOT,
        env: { ...process.env, NODE_ENV: 'production' },
      });
      const filesIn = (folder: string) =>
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && entry.name !== '.built')
          .map((entry) => `${entry.parentPath}/${entry.name}`)
          .map((path) => [path.slice(folder.length), hash('sha256', readFileSync(path))])
          .sort();
      expect(filesIn(built)).toEqual(filesIn(new URL('web/dist', ROOT).pathname));
    } finally {
      rmSync(built, { recursive: true });
    }
  });
});
