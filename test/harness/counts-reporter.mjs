/**
 * A reporter for Jest that leaves the numbers of a run in the file `TEST_COUNTS_FILE`, for the end
 * of `npm test`. It writes them after each suite, because a run that is ended by its budget does
 * not come to its end. Without that variable it does nothing.
 */
import { relative } from 'node:path';
import { writeWhole } from '../../scripts/launcher/files.ts';

/** The test files that have not ended yet. */
const unfinished = new Set();

export function expectSuites(paths) {
  for (const path of paths) unfinished.add(path);
}

export default class CountsReporter {
  #root;

  constructor({ rootDir }) {
    this.#root = rootDir;
  }

  onRunStart(results) {
    this.#write(results);
  }

  onTestResult({ path }, _result, results) {
    unfinished.delete(path);
    this.#write(results);
  }

  onRunComplete(_contexts, results) {
    this.#write(results);
  }

  #write({ numPassedTests, numFailedTests, numPendingTests, numTotalTestSuites }) {
    const file = process.env.TEST_COUNTS_FILE;
    if (!file) return;
    const counts = {
      passed: numPassedTests,
      failed: numFailedTests,
      skipped: numPendingTests,
      allSuites: numTotalTestSuites,
      unfinished: [...unfinished].map((path) => relative(this.#root, path)).sort(),
    };
    writeWhole(file, JSON.stringify(counts));
  }
}
