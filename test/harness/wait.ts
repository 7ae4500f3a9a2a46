/** Waits for conditions. Tests never sleep for a fixed time. */
import { PATIENCE } from './patience.ts';

export interface UntilOptions {
  /** Time limit in milliseconds on an idle machine. It is multiplied by the patience of the run. */
  readonly within?: number;
  /** Pause between two checks, in milliseconds. */
  readonly every?: number;
  /** The description of the condition, for the error's message. */
  readonly what?: string;
}

/**
 * Polls until the condition returns a value other than false and undefined, and returns that. Its
 * errors mean "not yet". Its type excludes null, which could be meant as "not yet". Throws at the
 * deadline, with the condition's last error as the cause.
 */
export async function until<T extends NonNullable<unknown>>(
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
