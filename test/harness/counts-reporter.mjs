/** A reporter for Jest that leaves the numbers of a run in a file, for the closing line of `npm test`. */
import { writeFileSync } from 'node:fs';

export default class CountsReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests }) {
    writeFileSync(
      process.env.TEST_COUNTS_FILE,
      JSON.stringify({ numPassedTests, numFailedTests, numPendingTests }),
    );
  }
}
