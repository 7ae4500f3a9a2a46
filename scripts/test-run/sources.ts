/** Reads the changed files from git, and the tests from Jest. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Sources } from './changed.ts';
import { importsOf } from './imports.ts';

const SCRIPT = /\.(?:ts|mjs|cjs)$/;

/** The differences from a commit. Default: the last one, so all changes that are not committed. */
export function readSources(root: string, jest: readonly [string, ...string[]], since = 'HEAD'): Sources {
  const run = (file: string, parameters: readonly string[]) =>
    execFileSync(file, parameters, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
  const isThere = (path: string) => existsSync(`${root}/${path}`);
  const added = run('git', ['ls-files', '--others', '--exclude-standard']);
  const changed = [...run('git', ['diff', '--name-only', since]), ...added];
  const tests = [...run('git', ['ls-files', '*.test.ts']), ...added]
    .filter((path) => path.endsWith('.test.ts') && isThere(path))
    .sort();
  const scripts = changed.filter((path) => SCRIPT.test(path) && isThere(path));
  const [node, ...parameters] = jest;
  const list = [...parameters, '--listTests', '--findRelatedTests', ...scripts];
  const related = scripts.length === 0 ? [] : run(node, list);
  return {
    changed,
    tests,
    related: related.map((path) => path.slice(root.length + 1)),
    imports: tests.flatMap((test) => importsOf(test, readFileSync(`${root}/${test}`, 'utf8'))),
  };
}
