/**
 * A reporter for Jest that leaves the numbers of a run in a file, for the closing line of `npm test`. It writes them after each suite,
 * because a run that is ended by its budget does not come to its end.
 */
import { writeFileSync } from 'node:fs';

export default class CountsReporter {
  onRunStart(results) {
    write(results);
  }

  onTestResult(_test, _result, results) {
    write(results);
  }

  onRunComplete(_contexts, results) {
    write(results);
  }
}

function write(results) {
  const { numPassedTests, numFailedTests, numPendingTests, numTotalTestSuites } = results;
  const suites = results.numPassedTestSuites + results.numFailedTestSuites + results.numPendingTestSuites;
  const counts = {
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests,
    suites,
    allSuites: numTotalTestSuites,
  };
  writeFileSync(process.env.TEST_COUNTS_FILE, JSON.stringify(counts));
}
