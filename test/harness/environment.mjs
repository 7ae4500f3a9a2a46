/**
 * Jest's environment for Node. It also multiplies the time-outs that tests and hooks declare by the
 * patience of the run, and ends each suite when its budget of time is used up.
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

  constructor(config, context) {
    super(config, context);
    this.suiteSeconds = Math.round(config.projectConfig.testEnvironmentOptions.suiteSeconds * PATIENCE);
  }

  async setup() {
    this.variables = { ...this.global.process.env };
    // A suite that hangs while it is imported has no tests that could fail. Its worker is killed,
    // and Jest starts another one.
    if (process.send !== undefined)
      this.watchdog = setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2 * this.suiteSeconds * 1000);
  }

  /** Resets Jest's state and the environment's variables, which must not outlive a test file. */
  async teardown() {
    clearTimeout(this.watchdog);
    for (const key of Reflect.ownKeys(this.global)) {
      const added = typeof key === 'symbol' && !this.ownKeys.has(key);
      if (added && STATE_OF_JEST.test(key.description)) delete this.global[key];
    }
    const { env } = this.global.process;
    for (const name of Object.keys(env)) if (!(name in this.variables)) delete env[name];
    Object.assign(env, this.variables);
  }

  handleTestEvent({ name, test, hook }, { rootDescribeBlock, testTimeout }) {
    if (name === 'run_start') {
      this.suiteEndsAt = Date.now() + this.suiteSeconds * 1000;
      if (PATIENCE > 1) scale(rootDescribeBlock);
    }
    const leftMs = this.suiteEndsAt - Date.now();
    const limit = (each) => {
      each.timeout = Math.max(1, Math.min(each.timeout || testTimeout, leftMs));
    };
    if (name === 'test_fn_start') limit(test);
    // `afterAll` keeps its time, because it ends what the suite has started.
    if (name === 'hook_start' && hook.type !== 'afterAll') limit(hook);
    // Circus does not run a test that has an error before it begins.
    if ((name === 'test_started' || name === 'test_fn_failure') && leftMs <= 0)
      test.errors.push(new Error(`The suite has used up its ${this.suiteSeconds} seconds`));
  }
}

/**
 * Tests and hooks without a time-out of their own have `testTimeout` of jest.config.mjs, which is
 * scaled there.
 */
function scale(block) {
  for (const each of [...block.hooks, ...block.tests]) if (each.timeout) each.timeout *= PATIENCE;
  for (const child of block.children) if (child.type === 'describeBlock') scale(child);
}
