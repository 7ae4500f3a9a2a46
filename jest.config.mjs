import { PATIENCE } from './test/harness/patience.ts';

/** Jest runs the TypeScript sources as ES modules, as Node does; only the types are stripped. */
export default {
  runtime: '<rootDir>/test/harness/runtime.cjs',
  testEnvironment: '<rootDir>/test/harness/environment.mjs',
  // One suite that hangs must not use up the time of all: the slowest one takes a third of this.
  testEnvironmentOptions: { suiteSeconds: 180 },
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/\\.data/'],
  modulePathIgnorePatterns: ['<rootDir>/\\.data/'],
  watchman: false,
  // What Sequelize says of connections that tests cut is no news; `npm test -- --silent=false
  // <path>` shows it.
  silent: true,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  // `npm test -- --maxWorkers=1` takes one. Three are one more than a small machine has cores:
  // tests wait for servers much of the time.
  maxWorkers: 3,
  reporters: ['default', '<rootDir>/test/harness/counts-reporter.mjs'],
  testSequencer: '<rootDir>/test/harness/sequencer.mjs',
  globalSetup: '<rootDir>/test/harness/global-setup.mjs',
  globalTeardown: '<rootDir>/test/harness/global-teardown.mjs',
  testTimeout: 60_000 * PATIENCE,
};
