/** Every numbered rule has a test that names it, and no test names an unknown rule. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../', import.meta.url);
const OWN_FILE = 'test/rules.unit.test.ts';
const RULE = '[A-Z]+-[0-9]+';
/** The part whose rules are added as the pages are built. */
const BEGUN = 'WEB';
/**
 * The first argument of a call that is not skipped: of `it`, `describe` or the result of their
 * `each`.
 */
const TITLE = new RegExp(`(?<!\\.skip|\\.todo)\\(\\s*['"\`](${RULE}(?:, ${RULE})*): \\S`, 'g');
const COMMENT_LINE = /^\s*(\/\/|\/?\*).*$/gm;

/** The rules that titles in a test's source begin with, such as both of `ACC-5, ACC-6: …`. */
function rulesIn(source: string): Set<string> {
  const titles = source.replaceAll(COMMENT_LINE, '').matchAll(TITLE);
  return new Set([...titles].flatMap(([, list]) => list?.split(', ') ?? []));
}

/** The rules by number, in the order of docs/rules.md: `- **ACC-6** …`. */
function numberedRules(): string[] {
  const text = readFileSync(new URL('docs/rules.md', ROOT), 'utf8');
  return [...text.matchAll(new RegExp(`^- \\*\\*(${RULE})\\*\\* \\S`, 'gm'))].map(([, rule]) => rule ?? '');
}

function testFiles(): string[] {
  const folders = readdirSync(ROOT, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !/^(\.|node_modules$|coverage$)/.test(entry.name),
  );
  return folders.flatMap(({ name }) =>
    readdirSync(new URL(name, ROOT), { recursive: true, encoding: 'utf8' })
      .map((file) => `${name}/${file}`)
      .filter((file) => file.endsWith('.test.ts') && file !== OWN_FILE),
  );
}

/** The rules that titles begin with, each with the files where one does. */
function namedRules(): Map<string, string[]> {
  const named = new Map<string, string[]>();
  for (const file of testFiles()) {
    for (const rule of rulesIn(readFileSync(new URL(file, ROOT), 'utf8')))
      named.set(rule, [...(named.get(rule) ?? []), file]);
  }
  return named;
}

const rules = numberedRules();
const named = namedRules();

describe('a source of tests', () => {
  it.each([
    ["it('ACC-6: closes', () => {", ['ACC-6']],
    ['it("ACC-5, ACC-6: pay", () => {', ['ACC-5', 'ACC-6']],
    ["it.each([\n  [1],\n])('TASK-1: %j', (n) => {", ['TASK-1']],
    ["describe(\n  'FAIL-2: what comes again', () => {", ['FAIL-2']],
  ])('names rules by %j', (source, expected) => {
    expect([...rulesIn(source)]).toEqual(expected);
  });

  it.each([
    "it.skip('ACC-6: closes', () => {",
    "it.todo('ACC-6: closes')",
    "// it('ACC-6: closes')",
    " * it('ACC-6: closes')",
    "it('closes (ACC-6)', () => {",
    "it('ACC-6 closes', () => {",
  ])('names no rule by %j', (source) => {
    expect([...rulesIn(source)]).toEqual([]);
  });
});

describe('the rules', () => {
  it('are numbered without gaps in each part that is complete', () => {
    const parts = Map.groupBy(rules, (rule) => rule.replace(/-\d+$/, ''));
    expect([...parts.keys()]).toEqual(
      expect.arrayContaining(['AUTH', 'TASK', 'ACC', 'ANA', 'MAIL', 'AUD', 'FAIL']),
    );
    for (const [part, own] of parts) {
      if (part === BEGUN) continue;
      expect(own).toEqual(own.map((_, index) => `${part}-${index + 1}`));
    }
  });

  it.each(rules)('%s is named by the title of a test', (rule) => {
    expect(named.get(rule) ?? []).not.toEqual([]);
  });

  it('include all rules that titles name', () => {
    const unknown = [...named].filter(([rule]) => !rules.includes(rule));
    expect(unknown).toEqual([]);
  });
});
