/**
 * The pause before another attempt, the same everywhere: it doubles with each failure in a row.
 * Pure.
 */

/** Keeps the power finite after very many failures: no pause doubles more often than this. */
const MAX_DOUBLINGS = 20;

/**
 * The pause after so many failures in a row (1 or more), in the unit of `first` and `max`: `first`,
 * doubled with each further failure, at most `max`.
 */
export function backOff(failures: number, first: number, max: number): number {
  return Math.min(first * 2 ** Math.min(failures - 1, MAX_DOUBLINGS), max);
}
