/** The pages below `/docs` as a gateway serves them, also in a real browser where there is one. */
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startNode, type TestNode } from './harness/broker.ts';
import { describeInBrowser, expectNoFaults, openWindow } from './harness/browser.ts';
import { dropNamespace, testConfig } from './harness/config.ts';

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

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${root}${path}`, { headers });

/** The paths of the files that a page uses. */
const assetsOf = async (path: string): Promise<string[]> => {
  const page = await (await get(path)).text();
  return [...page.matchAll(/"(\/docs\/assets\/[^"]+)"/g)].map(([, asset]) => asset ?? '');
};

describe('a page', () => {
  it.each(['/docs', '/docs/problems', '/docs/problems/not_found'])(
    'API-5: is HTML under a policy of its own, and asked for again: %s',
    async (path) => {
      const { status, headers } = await get(path);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'/);
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it.each(['/docs/problems/unknown', '/docs/problems/__proto__', '/docs/assets/package.json'])(
    'is 404 where there is none: %s',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not_found' }]);
    },
  );
});

describe('a file of the pages', () => {
  it('API-5: is kept for ever, and compressed for clients that can take it', async () => {
    const paths = (await assetsOf('/docs')).filter((path) => !path.endsWith('.svg'));
    expect(paths.length).toBe(4);
    for (const path of paths) {
      const plain = await get(path, { 'accept-encoding': 'identity' });
      const packed = await get(path, { 'accept-encoding': 'br, gzip' });
      expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(plain.headers.get('content-type')).toMatch(/^text\/(?:css|javascript); charset=utf-8$/);
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(packed.headers.get('content-encoding')).toBe('gzip');
      expect(packed.headers.get('vary')).toContain('Accept-Encoding');
      expect(await packed.text()).toBe(await plain.text());
    }
  });
});

describeInBrowser('a browser', () => {
  it('API-5: shows the pages without a breach of the policy, and asks no other host', async () => {
    // `/readyz` is not ready without services.
    await using window = await openWindow(root, { expected: /status of 503/ });
    const { page } = window;
    await page.goto('/docs');
    await page.locator('#operations-tag-gateway').click();
    const operation = page.locator('.opblock', { hasText: '/readyz' });
    await operation.getByRole('button').first().click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.getByText('Curl', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Problems', exact: true }).click();
    await page.getByRole('link', { name: 'validation_failed' }).click();
    await page.getByRole('heading', { name: 'Some fields are invalid' }).waitFor();
    expectNoFaults(window);
  }, 60_000);
});
