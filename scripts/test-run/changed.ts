/** Which tests `npm test -- --changed` runs: those that tell most about a change in a minute. */
import { posix } from 'node:path';
import type { Import } from './imports.ts';

/**
 * Integration tests start servers. A file that more of them import is shared by all: too many to
 * run.
 */
const MAX_IMPORTERS = 5;

const INTEGRATION = /\.int\.test\.ts$/;
/** They check rules of all sources, by reading them. */
const OF_ALL_SOURCES = /^test\/[^/]*\.unit\.test\.ts$/;

export interface Sources {
  /** Files that were changed, added or removed; paths from the root, as in all that follow. */
  readonly changed: readonly string[];
  /** All test files. */
  readonly tests: readonly string[];
  /** The test files that depend on a changed file, directly or not. */
  readonly related: readonly string[];
  /** What the test files import directly. */
  readonly imports: readonly Import[];
}

export interface Choice {
  readonly run: readonly string[];
  /** Related tests that are not run. */
  readonly leftOut: readonly string[];
}

/**
 * Runs all unit tests that depend on the change. An integration test is run where it was changed
 * itself, imports a changed file, or is the nearest to a changed file by its folder.
 */
export function chooseTests({ changed, tests, related, imports }: Sources): Choice {
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

/** The folder itself or the first one above it that holds tests. */
function nearestOf(folder: string, folders: ReadonlySet<string>): string {
  return folders.has(folder) || folder === '.' ? folder : nearestOf(posix.dirname(folder), folders);
}
