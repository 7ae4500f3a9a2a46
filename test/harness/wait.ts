/** Waiting for something that happens by itself. Tests never sleep for a fixed time. */
import { PATIENCE } from './patience.ts';

export interface UntilOptions {
  /**
   * Milliseconds until it counts as failed, on a machine that is not busy: multiplied by the
   * patience of the run.
   */
  readonly within?: number;
  /** Milliseconds between two looks. */
  readonly every?: number;
  /** What is waited for, for the error's message. */
  readonly what?: string;
}

/**
 * Looks again and again until the condition gives a value other than false and undefined, and
 * returns that. What it throws means "not yet". Throws at the deadline, with the last thing that
 * the condition threw as the cause.
 */
export async function until<T>(
  condition: () => Promise<T | false | undefined> | T | false | undefined,
  { within = 10_000, every = 20, what = condition.toString() }: UntilOptions = {},
): Promise<T> {
  const patient = Math.round(within * PATIENCE);
  const deadline = Date.now() + patient;
  let cause: unknown;
  do {
    try {
      const value = await condition();
      if (value !== false && value !== undefined) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  } while (Date.now() < deadline);
  throw new Error(`Not within ${patient} ms: ${what}`, { cause });
}
