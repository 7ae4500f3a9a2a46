/** The closing line of `npm test`, which people and machines read alike. */

/** What test/harness/counts-reporter.mjs writes. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Suites that came to their end, and all suites of the run. */
  readonly suites: number;
  readonly allSuites: number;
}

/** `counts` is null where Jest did not begin. */
export function closingLine(counts: Counts | null): string {
  if (counts === null) return 'tests: 0 passed, 0 failed, no suite was run';
  const { passed, failed, skipped, suites, allSuites } = counts;
  const left = allSuites - suites;
  return [
    `tests: ${passed} passed, ${failed} failed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(left > 0 ? [`${left} of ${allSuites} suites not finished`] : []),
  ].join(', ');
}
