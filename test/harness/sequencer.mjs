/**
 * Jest's order of test files. It also notes which files the run has, because Jest gives reporters
 * their number only.
 */
import Sequencer from '@jest/test-sequencer';
import { expectSuites } from './counts-reporter.mjs';

/**
 * Their tests start whole systems. They take longest, though the files are short, by whose length
 * Jest orders at first.
 */
const LONGEST = /\/test\/(containers|faults|launcher)\/.*\.int\.test\.ts$/;

export default class NotingSequencer extends Sequencer {
  sort(tests) {
    expectSuites(tests.map(({ path }) => path));
    const rank = ({ path }) => (LONGEST.test(path) ? 0 : 1);
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
