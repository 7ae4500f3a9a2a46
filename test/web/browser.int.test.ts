/** The pages in a real browser, on a real system. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from '#client';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import {
  describeInBrowser,
  expectNoFaults,
  openWindow,
  overflowOf,
  seriousFindings,
  signInAt,
} from '../harness/browser.ts';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { testServers } from '../harness/servers.ts';
import { type System, startSystem } from '../harness/system.ts';
import { until } from '../harness/wait.ts';

const BEAK = 'long-crooked-beak';
const MARKUP = '<img src=x onerror=alert(1)> \u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627';
const LONG = 'Donaudampfschifffahrtsgesellschaft'.repeat(5);

describeInBrowser('the pages', () => {
  const config = testConfig();
  let system: System;
  let admin: Client;

  const register = async (login: string, role: string) => {
    const body = {
      login,
      name: `Name of ${login}`,
      email: `${login}@example.com`,
      roles: [role],
      beak: BEAK,
    };
    const user = await admin.post('/users', { body });
    const client = new Client({ api: system.api });
    await client.signIn(login, BEAK);
    return { user, client };
  };

  beforeAll(async () => {
    const { natsUrl, databaseUrl } = testServers();
    system = await startSystem({ natsUrl, databaseUrl, namespace: config.namespace });
    admin = new Client({ api: system.api });
    await admin.signIn('admin', ADMIN_BEAK);
    await register('mia', 'manager');
    const { client: pip } = await register('pip', 'developer');
    // Pip reaches the tasks by an event.
    await until(async () => (await pip.get('/tasks/counts')).assignable.count > 0, { what: 'an assignable' });
    for (const title of ['[POPUG-1] Wash the cage', MARKUP, LONG])
      await pip.post('/tasks', { body: { title } });
  }, 120_000);
  afterAll(async () => {
    await system?.stop();
    await dropNamespace(config);
  });

  it('WEB-3: opens the address that was asked for after the sign-in, and again after a reload', async () => {
    await using window = await openWindow(system.root);
    const { page } = window;
    await signInAt(page, '/tasks?status=done', 'mia', BEAK);
    await page.getByRole('heading', { name: 'Tasks', level: 1 }).waitFor();
    expect(new URL(page.url()).search).toBe('?status=done');
    await page.reload();
    await page.locator('.tabs a[aria-current]', { hasText: 'Done' }).waitFor();
    expectNoFaults(window);
  });

  it('AUTH-1: says that login or beak is wrong, in the language of the browser', async () => {
    await using window = await openWindow(system.root, { language: 'ru', expected: /status of 401/ });
    const { page } = window;
    await page.goto('/sign-in');
    await page.locator('input[name=login]').fill('mia');
    await page.locator('input[name=beak]').fill('wrong');
    await page.locator('button[type=submit]').click();
    await page.getByRole('alert').getByText('Неверный логин или клюв').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ru');
    expectNoFaults(window);
  });

  it('WEB-21: has no token where a script can read it, and signs all tabs out together', async () => {
    await using window = await openWindow(system.root);
    const { page, context } = window;
    await signInAt(page, '/tasks', 'mia', BEAK);
    const other = await context.newPage();
    await other.goto('/tasks');
    await other.locator('.app').waitFor();
    const readable = await page.evaluate(() => {
      const { document, localStorage, sessionStorage } = globalThis as unknown as Record<string, object> & {
        document: { cookie: string };
      };
      return JSON.stringify([document.cookie, localStorage, sessionStorage]);
    });
    expect(readable).not.toMatch(/eyJ|[\w-]{30}/);
    await page.getByRole('button', { name: /Your menu/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    for (const tab of [page, other]) await tab.getByText('You are signed out.').waitFor();
    expectNoFaults(window);
  });

  it('AUTH-4: signs a deactivated user out', async () => {
    const { user } = await register('leaver', 'developer');
    await using window = await openWindow(system.root, { expected: /status of 40[13]/ });
    const { page } = window;
    await signInAt(page, '/tasks', 'leaver', BEAK);
    await admin.patch('/users/{id}', { params: { path: { id: user.id } }, body: { active: false } });
    await page.getByText('Your session has ended').waitFor();
    expectNoFaults(window);
  });

  it('WEB-6: creates one task by a double press, and one where the answer is lost', async () => {
    await using window = await openWindow(system.root, { expected: /ERR_FAILED/ });
    const { page } = window;
    await signInAt(page, '/tasks', 'mia', BEAK);
    const create = async (title: string, press: () => Promise<void>) => {
      await page.getByRole('heading', { name: 'Tasks', level: 1 }).waitFor();
      await page.keyboard.press('n');
      await page.getByLabel('Title', { exact: true }).fill(title);
      await press();
      await page.waitForURL(/\/tasks\/[\w-]{36}/);
      await page.goto('/tasks');
    };
    const button = page.getByRole('button', { name: 'Create the task' });
    await create('Pressed twice', () => button.dblclick());
    let isLost = false;
    await page.route('**/api/v1/tasks', async (route) => {
      if (isLost || route.request().method() !== 'POST') return route.fallback();
      isLost = true;
      await route.fetch();
      await route.abort();
    });
    await create('Answer lost', () => button.click());
    expect(isLost).toBe(true);
    for (const text of ['Pressed twice', 'Answer lost']) {
      const { items } = await admin.get('/tasks', { params: { query: { text } } });
      expect(items).toHaveLength(1);
    }
    expectNoFaults(window);
  });

  it('WEB-3: names the wrong parts of an address', async () => {
    await using window = await openWindow(system.root);
    await signInAt(window.page, '/tasks?status=nonsense&colour=red', 'mia', BEAK);
    await window.page.getByText('status=nonsense').waitFor();
    await window.page.getByText('colour=red').waitFor();
    expectNoFaults(window);
  });

  it.each([
    ['light', 1_440],
    ['dark', 360],
  ] as const)(
    'WEB-15, WEB-25: shows markup and long words as text, without serious findings: %s at %d px',
    async (scheme, width) => {
      await using window = await openWindow(system.root, { scheme, width });
      const { page } = window;
      await page.goto('/sign-in');
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await signInAt(page, '/tasks', 'mia', BEAK);
      await page.getByText('<img src=x').waitFor();
      await page.getByText(LONG).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(await overflowOf(page)).toBe(0);
      expectNoFaults(window);
    },
  );

  it('WEB-8: moves between rows and opens one by keys, and never acts in fields', async () => {
    await using window = await openWindow(system.root);
    const { page } = window;
    await signInAt(page, '/tasks', 'mia', BEAK);
    await page.locator('[data-row]').nth(1).waitFor();
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const title = await page.locator('[data-row]').nth(1).textContent();
    expect(await page.locator('[data-row]:focus').textContent()).toBe(title);
    await page.keyboard.press('/');
    const find = page.getByRole('dialog').getByRole('textbox');
    await find.waitFor();
    await page.keyboard.type('jkn');
    expect(await find.inputValue()).toBe('jkn');
    await page.keyboard.press('Escape');
    expect(await page.locator('[data-row]:focus').textContent()).toBe(title);
    expectNoFaults(window);
  });
});
