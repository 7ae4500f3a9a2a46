/** Ends a command with an explanation of what failed. */
import { ConfigError } from '../../settings.ts';
import { LaunchError } from './launch-error.ts';

/** The system's codes for a full disk or a used-up quota. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Errors that the operator can fix, and refusals of other nodes (`type`), are shown without a
 * stack.
 */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof LaunchError || error instanceof ConfigError || 'type' in error) return error.message;
  if ('code' in error && FULL.has(String(error.code))) {
    return `The disk is full (${error.message}). Free some space, or set DATA_DIR to a folder on another disk.`;
  }
  return error.stack ?? error.message;
}

/**
 * Ends this process with the exit status of a command. If it throws, prints the reason and ends
 * with `failed`.
 */
export async function exitWith(status: Promise<number>, failed = 1): Promise<never> {
  process.exit(
    await status.catch((error: unknown) => {
      console.error(explain(error));
      return failed;
    }),
  );
}
