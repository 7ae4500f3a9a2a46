/** Logging of failures that may come thousands of times a second while something is away, and whose end nobody sees. */
import { CALM_MS, kindOf, REMIND_EVERY_MS } from './outage.ts';

/** Different texts that are logged until it is calm again. */
const MAX_KINDS = 10;

/**
 * Passes on a text when its kind is new, and then one every ten minutes, with the number of those left out. After a minute without any
 * text all kinds are new. `kind` is the text where it is not given; texts whose numbers differ are of one kind. `now` for tests.
 */
export function seldom(
  log: (text: string) => void,
  now: () => number = Date.now,
): (text: string, kind?: string) => void {
  const kinds = new Set<string>();
  let lastAt = Number.NEGATIVE_INFINITY;
  let loggedAt = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (text, kind = text) => {
    const at = now();
    if (at - lastAt >= CALM_MS) kinds.clear();
    lastAt = at;
    const isNew = !kinds.has(kindOf(kind)) && kinds.size < MAX_KINDS;
    if (!isNew && at - loggedAt < REMIND_EVERY_MS) {
      leftOut += 1;
      return;
    }
    kinds.add(kindOf(kind));
    log(leftOut === 0 ? text : `${text} (${leftOut} like it were not logged)`);
    loggedAt = at;
    leftOut = 0;
  };
}
