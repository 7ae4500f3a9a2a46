/** A real browser for tests of pages. Where none is installed, the tests are skipped and say so. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { PATIENCE } from './patience.ts';

const executablePath = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path));

// Without these, Chromium asks hosts of its maker at each start. As root it has no sandbox.
const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
/** Time limit of a step on an idle machine, in milliseconds. */
const STEP_MS = 15_000;

let browser: Browser;

/** Tests of pages in Chromium, which runs while they do. */
export function describeInBrowser(state: string, tests: () => void): void {
  if (executablePath === undefined) {
    console.warn(`There is no Chromium, so this is skipped: ${state}. Debian has it as \`chromium\`.`);
    describe.skip(state, tests);
    return;
  }
  describe(state, () => {
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, args: QUIET });
    }, 60_000);
    afterAll(() => browser?.close());
    tests();
  });
}

export interface Window extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /**
   * Errors on the console, breaches of the policy, and requests to other hosts, of all its tabs.
   */
  readonly faults: readonly string[];
}

export interface WindowOptions {
  readonly language?: 'en' | 'ru';
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  /** Faults of this form are expected, such as the log of a status that a test provokes. */
  readonly expected?: RegExp;
}

/** A window without history. `root` is the only host that its pages may ask. */
export async function openWindow(root: string, options: WindowOptions = {}): Promise<Window> {
  const { language = 'en', width = 1_440, scheme = 'light', expected } = options;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    locale: language,
    colorScheme: scheme,
    baseURL: root,
  });
  context.setDefaultTimeout(STEP_MS * PATIENCE);
  const faults: string[] = [];
  const note = (fault: string) => {
    if (expected?.test(fault) !== true) faults.push(fault);
  };
  context.on('console', (message) => {
    if (message.type() === 'error') note(message.text());
  });
  context.on('weberror', (error) => note(String(error.error())));
  context.on('request', (request) => {
    const { protocol, origin, href } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== root) note(`request to ${href}`);
  });
  const page = await context.newPage();
  return {
    context,
    page,
    faults,
    async [Symbol.asyncDispose]() {
      await context.close();
    },
  };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}

/** What axe finds serious on the page as it is now (WEB-25), with the elements. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Into the page itself, because its policy refuses scripts of others.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: Axe }).axe.run());
  await session.detach();
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** How many pixels the page is wider than its window; 0 is right (WEB-15). */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = (
      globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
    ).document.documentElement;
    return scrollWidth - clientWidth;
  });

/** Signs somebody in at the sign-in page, and waits for the frame of the pages. */
export async function signInAt(page: Page, path: string, login: string, secret: string): Promise<void> {
  await page.goto(path);
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[type=password]').fill(secret);
  await page.locator('button[type=submit]').click();
  await page.locator('.app').waitFor();
}

/** Asserts that nothing went wrong in the window. */
export function expectNoFaults({ faults }: Window): void {
  expect(faults).toEqual([]);
}
