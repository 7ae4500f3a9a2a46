/**
 * Shared code serves every product: it names no product and no service, and has none of their
 * words. The linter does not see comments, so this test reads the files.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadProducts } from '../product.ts';

const ROOT = new URL('../', import.meta.url);
const FOLDERS = ['mixins', 'scripts/launcher', 'scripts/servers', 'test/harness'];
/** Only the files directly in it are shared. The folders below belong to services. */
const FLAT = 'schemas';

/** Words of products and services. Plurals count as well. */
const WORDS = ['assignee', 'beak', 'employee', 'fee', 'ledger', 'payout', 'reward', 'shuffle', 'task'];

/** Services whose protocol for all others is shared code. */
const SHARED = ['reconciliation'];

/**
 * Words of others, such as Linux's folder of threads, and a released name of a field in
 * `addresses.json`.
 */
const OF_OTHERS = new RegExp(
  [
    '--auth=',
    String.raw`\b(?:server|client)Auth\b`,
    'ignoreAuthErrorAbort',
    "'BAD_GATEWAY'",
    "const ADDRESS_KEY = 'gateway'",
    String.raw`/proc/\$\{pid\}/task\b`,
  ].join('|'),
  'g',
);
/** Rules have numbers such as AUTH-4. */
const RULE = /\b[A-Z]+-\d+\b/g;

const products = [...(await loadProducts()).values()];
const names = products.flatMap(({ name, services }) => [name, ...services.keys()]);
const words = [...new Set([...names, ...WORDS])].filter((word) => !SHARED.includes(word));
const titles = products.map(({ title }) => title);

/** A word that stands alone, between underscores, or in camel case. */
const capital = (word: string) => `${word[0]?.toUpperCase()}${word.slice(1)}`;
const FORBIDDEN = new RegExp(
  [
    `(?<![A-Za-z])(?:${titles.join('|')})(?![A-Za-z])`,
    `(?<![A-Za-z])(?:${words.join('|')}|${words.map(capital).join('|')})s?(?![a-z])`,
    `(?<=[a-z])(?:${words.map(capital).join('|')})s?(?![a-z])`,
    `(?<![A-Za-z])(?:${words.map((word) => word.toUpperCase()).join('|')})S?(?![A-Za-z])`,
  ].join('|'),
);

function filesIn(folder: string, recursive: boolean): string[] {
  return readdirSync(new URL(folder, ROOT), { recursive, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|mjs|cjs)$/.test(name))
    .map((name) => `${folder}/${name}`);
}

/** The lines with a forbidden word, as `<line>: <word>`. */
function findings(source: string): string[] {
  return source.split('\n').flatMap((line, index) => {
    const word = FORBIDDEN.exec(line.replaceAll(OF_OTHERS, '').replaceAll(RULE, ''))?.[0];
    return word === undefined ? [] : [`${index + 1}: ${word}`];
  });
}

describe('shared code', () => {
  const files = [...FOLDERS.flatMap((folder) => filesIn(folder, true)), ...filesIn(FLAT, false)];

  it('names no product and no service, and has none of their words', () => {
    expect(files.length).toBeGreaterThan(100);
    const found = files.flatMap((file) =>
      findings(readFileSync(new URL(file, ROOT), 'utf8')).map((each) => `${file}:${each}`),
    );
    expect(found).toEqual([]);
  });

  it.each(['a task', 'TASKS_URL', 'adminBeak', 'newTasks()', "'mailer.sent'", 'aTES', 'Auth calls it'])(
    'could not contain: %s',
    (line) => {
      expect(findings(line)).toHaveLength(1);
    },
  );

  it.each(['AUTH-4', 'author', 'authorization', 'AUTHENTICATED', 'dates', 'coffee', 'multitasking'])(
    'may contain: %s',
    (line) => {
      expect(findings(line)).toEqual([]);
    },
  );
});
