/** Jest's order of test files. It also notes which files the run has, because Jest gives reporters their number only. */
import Sequencer from '@jest/test-sequencer';
import { expectSuites } from './counts-reporter.mjs';

export default class NotingSequencer extends Sequencer {
  sort(tests) {
    expectSuites(tests.map(({ path }) => path));
    return super.sort(tests);
  }
}
