/** The end of `npm test`, which people and machines read alike. */

/** The content of the file that test/harness/counts-reporter.mjs writes. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** All suites of the run. */
  readonly allSuites: number;
  /** The files of suites that did not finish. */
  readonly unfinished: readonly string[];
}

/**
 * A line for each unfinished suite, and the closing line. `counts` is null where Jest did not
 * start.
 */
export function closingLines(counts: Counts | null): readonly string[] {
  if (counts === null) return ['tests: 0 passed, 0 failed, no suite was run'];
  const { passed, failed, skipped, allSuites, unfinished } = counts;
  const closing = [
    `tests: ${passed} passed, ${failed} failed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(unfinished.length > 0 ? [`${unfinished.length} of ${allSuites} suites not finished`] : []),
  ].join(', ');
  return [...unfinished.map((file) => `not finished: ${file}`), closing];
}
