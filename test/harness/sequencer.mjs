/**
 * Jest's order of test files. It also records the files of the run, because Jest gives reporters
 * only their number.
 */
import Sequencer from '@jest/test-sequencer';
import { expectSuites } from './counts-reporter.mjs';

/**
 * Tests that start whole systems. They take the longest, but Jest would order them by the length of
 * their files, which are short.
 */
const LONGEST = /\/test\/(containers|faults|launcher)\/.*\.int\.test\.ts$/;

export default class NotingSequencer extends Sequencer {
  sort(tests) {
    expectSuites(tests.map(({ path }) => path));
    const rank = ({ path }) => (LONGEST.test(path) ? 0 : 1);
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
