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

/**
 * Links modules one after the other. Two imports at the same time whose graphs share a module that
 * is still linking fail otherwise: 'request for … can not be resolved on module … that is not
 * linked'.
 */
function linkOneByOne(loader) {
  const linkAndEvaluate = loader.linkAndEvaluateModule.bind(loader);
  let last = Promise.resolve();
  loader.linkAndEvaluateModule = (module) => {
    if (module.status === 'unlinked') {
      module.link = (resolve) => {
        const linked = last.then(() => {
          // Another import may have linked it meanwhile, as a part of its own graph.
          if (module.status === 'unlinked') return Object.getPrototypeOf(module).link.call(module, resolve);
        });
        last = linked.catch(() => {});
        return linked;
      };
    }
    return linkAndEvaluate(module);
  };
}

module.exports = class extends Runtime {
  constructor(...parameters) {
    libraries ??= new Runtime(...parameters);
    super(...parameters);
    linkOneByOne(this.esmLoader);
  }

  requireModule(from, name, options, actual) {
    const ofLibrary = options?.isInternalModule !== true && name !== undefined && LIBRARY.test(name);
    return ofLibrary
      ? libraries.requireModule(from, name, options, actual)
      : super.requireModule(from, name, options, actual);
  }
};
