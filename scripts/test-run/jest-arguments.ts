/** The arguments that `npm test` gives Jest, before those of its caller. */

/** Two cores: a third worker would only make the others wait. */
const WORKERS = 2;

/** The options by which a caller says how many workers run. */
const SAYS_HOW_MANY = /^(?:--?w|--maxWorkers|--max-workers|-i|--runInBand|--run-in-band)(?:=|$)|^-w\d/;

/** How many workers run: nothing where the caller says it. */
export function workerArguments(given: readonly string[]): readonly string[] {
  return given.some((argument) => SAYS_HOW_MANY.test(argument)) ? [] : [`--maxWorkers=${WORKERS}`];
}
