/** The limits of sign-ins. Windows slide, so that twice the limit can't pass around a boundary. */
import { backOff } from '#mixins/back-off.ts';

/** The window of all budgets, in milliseconds. */
export const MINUTE_MS = 60_000;
/** The second window of wrong guesses at one account, in milliseconds. */
export const HOUR_MS = 60 * MINUTE_MS;
/**
 * The factor between a budget of wrong guesses for a minute and the one for an hour: 10 become 100.
 */
const MINUTES_OF_GUESSES_AN_HOUR = 10;
/** The first and the longest pause of the back-off between two wrong guesses, in seconds. */
const FIRST_PAUSE_SECONDS = 1;
const MAX_PAUSE_SECONDS = 60;

/** The attempts counted in a window, at most as many as its limit; the newest count. */
export interface Usage {
  readonly count: number;
  /** Age of the oldest counted attempt, in milliseconds; null without any. */
  readonly oldestAgeMs: number | null;
  /** Age of the newest counted attempt, in milliseconds; null without any. */
  readonly newestAgeMs: number | null;
}

/** A window and the number of attempts that it allows. */
export interface Budget {
  readonly windowMs: number;
  readonly limit: number;
}

/** The budget of `limit` for a minute. */
export const minuteOf = (limit: number): Budget => ({ windowMs: MINUTE_MS, limit });
/** The hourly budget of wrong guesses that belongs to `limit` per minute. */
export const hourOf = (limit: number): Budget => ({
  windowMs: HOUR_MS,
  limit: limit * MINUTES_OF_GUESSES_AN_HOUR,
});

/** Seconds until another attempt may be made; 0 when it may be made now. */
export function secondsToWait({ count, oldestAgeMs }: Usage, { windowMs, limit }: Budget): number {
  if (count < limit || oldestAgeMs === null) return 0;
  return secondsLeft(windowMs, oldestAgeMs);
}

/**
 * Seconds until the next guess at an account, from the wrong guesses within a minute and an hour.
 * From the `limit`th wrong guess within an hour on, each is followed by a pause. The pause starts
 * at one second and doubles with every further `limit`, up to a minute.
 */
export function secondsToGuess(minute: Usage, hour: Usage, limit: number): number {
  return Math.max(
    secondsToWait(minute, minuteOf(limit)),
    secondsToWait(hour, hourOf(limit)),
    secondsOfBackOff(hour, limit),
  );
}

function secondsOfBackOff({ count, newestAgeMs }: Usage, limit: number): number {
  if (count < limit || newestAgeMs === null) return 0;
  const pause = backOff(Math.floor(count / limit), FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS);
  return newestAgeMs >= pause * 1000 ? 0 : secondsLeft(pause * 1000, newestAgeMs);
}

const secondsLeft = (spanMs: number, ageMs: number): number =>
  Math.max(1, Math.ceil((spanMs - ageMs) / 1000));
