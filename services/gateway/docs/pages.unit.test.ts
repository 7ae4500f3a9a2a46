import { describe, expect, it } from '@jest/globals';
import { ERRORS, type ErrorCode } from '#schemas/errors.ts';
import { assets } from './assets.client.ts';
import { PLAIN_POLICY, problemPage, problemsPage, REFERENCE_POLICY, referencePage } from './pages.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];
const { paths, files } = await assets();
const pages: [string, string][] = [
  ['the reference', referencePage('Toys & <b>', paths)],
  ['the list of problems', problemsPage(paths)],
  ...codes.map((code): [string, string] => [code, problemPage(code, paths)]),
];

/** The addresses in attributes. */
const linksIn = (page: string): string[] =>
  [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link ?? '');

describe.each(pages)('the page of %s', (_, page) => {
  it('API-5: has no inline scripts and styles, and uses no other host', () => {
    expect(page).not.toMatch(/<style|style=|\son\w+=|javascript:/i);
    for (const [, attributes = '', content = ''] of page.matchAll(/<script([^>]*)>([^<]*)/g)) {
      expect(attributes).toMatch(/^ src="\/docs\/assets\//);
      expect(content).toBe('');
    }
    for (const link of linksIn(page)) expect(link).toMatch(/^\/(?!\/)/);
  });

  it('API-5: uses only files that are served', () => {
    const used = linksIn(page).filter((link) => link.startsWith('/docs/assets/'));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((link) => !files.has(link.slice('/docs/assets/'.length)))).toEqual([]);
  });
});

describe('the style of the library', () => {
  it('API-5: has its images as files', () => {
    const style = String(files.get(paths.libraryStyle.slice('/docs/assets/'.length))?.bytes);
    const images = [...style.matchAll(/url\((\/docs\/assets\/[^)]+)\)/g)].map(([, path]) => path ?? '');
    expect(style).not.toContain('data:');
    expect(images.length).toBeGreaterThan(0);
    for (const path of images) {
      expect(files.get(path.slice('/docs/assets/'.length))?.type).toMatch(/^image\//);
    }
  });
});

describe('a page about a problem', () => {
  it.each(codes)('API-5: says what it means, whether to repeat the request, and what to do: %s', (code) => {
    const { title, meaning, remedy, retryable } = ERRORS[code];
    const text = problemPage(code, paths)
      .replaceAll(/<code>(.*?)<\/code>/g, '`$1`')
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#39;', "'");
    for (const part of [code, title, meaning, remedy]) expect(text).toContain(part);
    if (code !== 'outcome_unknown') expect(text).toContain(retryable === true ? 'Yes.' : 'No.');
  });

  it('is linked in the list', () => {
    expect(linksIn(problemsPage(paths))).toEqual(
      expect.arrayContaining(codes.map((code) => `/docs/problems/${code}`)),
    );
  });
});

describe('the policies', () => {
  it.each([PLAIN_POLICY, REFERENCE_POLICY])(
    'API-5: allow no eval, no inline code and no other host: %s',
    (policy) => {
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
    },
  );

  it('allow scripts only on the reference', () => {
    expect(PLAIN_POLICY).not.toContain('script-src');
    expect(referencePage('Toys', paths)).toContain('<script');
    expect(problemsPage(paths)).not.toContain('<script');
  });
});
