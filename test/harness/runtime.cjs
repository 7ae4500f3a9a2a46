/**
 * Jest's runtime, but the libraries are loaded once per worker, not once per file of tests: that
 * took two seconds of computing for each file that starts a service. The project's own modules are
 * new for each file.
 */
const { default: Runtime } = require('jest-runtime');

const LIBRARY = /[\\/]node_modules[\\/]/;

/**
 * Loads and keeps the libraries. It is never torn down, as some of them load parts of theirs when
 * they need them.
 */
let libraries;

module.exports = class extends Runtime {
  constructor(...parameters) {
    libraries ??= new Runtime(...parameters);
    super(...parameters);
  }

  requireModule(from, name, options, actual) {
    const ofLibrary = options?.isInternalModule !== true && name !== undefined && LIBRARY.test(name);
    return ofLibrary
      ? libraries.requireModule(from, name, options, actual)
      : super.requireModule(from, name, options, actual);
  }
};
