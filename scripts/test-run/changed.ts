/**
 * Chooses the tests of `npm test -- --changed`: the most relevant ones that take less than a
 * minute.
 */
import { posix } from 'node:path';
import type { Import } from './imports.ts';

/**
 * Integration tests start servers. A file with more importers than this is shared by all of them,
 * which are too many to run.
 */
const MAX_IMPORTERS = 5;

const INTEGRATION = /\.int\.test\.ts$/;
/** These tests check rules by reading all sources. */
const OF_ALL_SOURCES = /^test\/[^/]*\.unit\.test\.ts$/;

export interface Sources {
  /** Changed, added or removed files. All paths begin at the root. */
  readonly changed: readonly string[];
  /** All test files. */
  readonly tests: readonly string[];
  /** The test files that depend on a changed file, directly or not. */
  readonly related: readonly string[];
  /** What the test files import directly. */
  readonly imports: readonly Import[];
}

/**
 * Chooses all unit tests that depend on the change. An integration test is chosen if it changed,
 * imports a changed file, or is in the nearest folder to one. `leftOut` are related tests that are
 * not chosen.
 */
export function chooseTests({ changed, tests, related, imports }: Sources) {
  const folders = new Set(tests.map((test) => posix.dirname(test)));
  const nearest = new Set(changed.map((file) => nearestOf(posix.dirname(file), folders)));
  const importers = changed.flatMap((file) => {
    const direct = imports.filter(({ from, to }) => to === file && INTEGRATION.test(from));
    return direct.length > MAX_IMPORTERS ? [] : direct.map(({ from }) => from);
  });
  const wanted = new Set([...changed, ...importers]);
  const run = tests.filter((test) =>
    INTEGRATION.test(test)
      ? wanted.has(test) || nearest.has(posix.dirname(test))
      : related.includes(test) || OF_ALL_SOURCES.test(test),
  );
  return { run, leftOut: related.filter((test) => !run.includes(test)) };
}

/** The folder itself, or the first one above it that contains tests. */
function nearestOf(folder: string, folders: ReadonlySet<string>): string {
  return folders.has(folder) || folder === '.' ? folder : nearestOf(posix.dirname(folder), folders);
}
