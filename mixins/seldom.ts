/** Logging of what may happen thousands of times a second while something is away. */

/** One line in this many milliseconds. */
const PAUSE_MS = 1_000;

/** Passes on at most one text a second, with the number of those left out since the last one. `now` for tests. */
export function seldom(log: (text: string) => void, now: () => number = Date.now): (text: string) => void {
  let quietUntil = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (text) => {
    if (now() < quietUntil) {
      leftOut += 1;
      return;
    }
    log(leftOut === 0 ? text : `${text} (${leftOut} like it were not logged)`);
    quietUntil = now() + PAUSE_MS;
    leftOut = 0;
  };
}
