/** How many wrong guesses are let through (design §6): a window that slides, so that no boundary lets twice as many pass. */

/** Length of the window, in milliseconds. */
export const REFUSAL_WINDOW_MS = 60_000;

/** The newest refusals of an account or an address. */
export interface Refusals {
  /** Refusals within the window, at most the limit of them. */
  readonly count: number;
  /** Age of the oldest one counted, in milliseconds; null without any. */
  readonly oldestAgeMs: number | null;
}

/** Seconds until another attempt may be made; 0 when it may be made now. `refusals` are the newest `limit` of the window. */
export function secondsToWait(refusals: Refusals, limit: number): number {
  if (refusals.count < limit || refusals.oldestAgeMs === null) return 0;
  return Math.max(1, Math.ceil((REFUSAL_WINDOW_MS - refusals.oldestAgeMs) / 1000));
}
