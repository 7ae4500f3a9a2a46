/**
 * Jest's environment for Node. It also multiplies the time-outs that tests and hooks declare by the
 * patience of the run.
 *
 * A worker has one environment for all its test files, as the libraries that runtime.cjs keeps
 * belong to its realm.
 */
import { TestEnvironment } from 'jest-environment-node';
import { PATIENCE } from './patience.ts';

/**
 * Names of the symbols under which Jest keeps its state: its tests, the handlers of their events,
 * its matchers.
 */
const STATE_OF_JEST = /jest|^EVENT_HANDLERS$/i;

let kept;

/** The worker's environment: Jest calls this with `new`, once for each test file. */
export default function environment(config, context) {
  kept ??= new PatientEnvironment(config, context);
  return kept;
}

class PatientEnvironment extends TestEnvironment {
  ownKeys = new Set(Reflect.ownKeys(this.global));
  variables = {};

  async setup() {
    this.variables = { ...this.global.process.env };
  }

  /**
   * Takes back what must not outlive a test file: Jest's state, and changes of the environment's
   * variables.
   */
  async teardown() {
    for (const key of Reflect.ownKeys(this.global)) {
      const added = typeof key === 'symbol' && !this.ownKeys.has(key);
      if (added && STATE_OF_JEST.test(key.description)) delete this.global[key];
    }
    const { env } = this.global.process;
    for (const name of Object.keys(env)) if (!(name in this.variables)) delete env[name];
    Object.assign(env, this.variables);
  }

  handleTestEvent(event, state) {
    if (event.name === 'run_start' && PATIENCE > 1) scale(state.rootDescribeBlock);
  }
}

/** Tests and hooks without a time-out of their own have `testTimeout` of jest.config.mjs, which is scaled there. */
function scale(block) {
  for (const each of [...block.hooks, ...block.tests]) if (each.timeout) each.timeout *= PATIENCE;
  for (const child of block.children) if (child.type === 'describeBlock') scale(child);
}
