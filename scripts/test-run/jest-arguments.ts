/** The arguments that `npm test` gives Jest, before those of its caller. */

/** One more than a small machine has cores: tests wait for servers much of the time (measured with 2 cores: 442 s, with two workers 587 s). */
const WORKERS = 3;

/** The options by which a caller says how many workers run. */
const SAYS_HOW_MANY = /^(?:--?w|--maxWorkers|--max-workers|-i|--runInBand|--run-in-band)(?:=|$)|^-w\d/;

/** How many workers run: nothing where the caller says it. */
export function workerArguments(given: readonly string[]): readonly string[] {
  return given.some((argument) => SAYS_HOW_MANY.test(argument)) ? [] : [`--maxWorkers=${WORKERS}`];
}
