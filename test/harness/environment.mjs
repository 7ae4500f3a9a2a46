/** Jest's environment for Node. It also multiplies the time-outs that tests and hooks declare by the patience of the run. */
import { TestEnvironment } from 'jest-environment-node';
import { PATIENCE } from './patience.ts';

export default class PatientEnvironment extends TestEnvironment {
  handleTestEvent(event, state) {
    if (event.name === 'run_start' && PATIENCE > 1) scale(state.rootDescribeBlock);
  }
}

/** Tests and hooks without a time-out of their own have `testTimeout` of jest.config.mjs, which is scaled there. */
function scale(block) {
  for (const each of [...block.hooks, ...block.tests]) if (each.timeout) each.timeout *= PATIENCE;
  for (const child of block.children) if (child.type === 'describeBlock') scale(child);
}
