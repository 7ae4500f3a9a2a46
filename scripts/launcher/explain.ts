/** How a command ends, and says what keeps it from its work. */
import { ConfigError } from '../../settings.ts';
import { LaunchError } from './launch-error.ts';

/** What the system says of a disk, or of a user's share of it, that has no room left. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** What can be mended, and what another node refused (`type`), is told without a stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof LaunchError || error instanceof ConfigError || 'type' in error) return error.message;
  if ('code' in error && FULL.has(String(error.code))) {
    return `The disk is full (${error.message}). Free some space, or set DATA_DIR to a folder on another disk.`;
  }
  return error.stack ?? error.message;
}

/**
 * Ends this process with the exit status of a command; with `failed` where it throws, and says why.
 */
export async function exitWith(status: Promise<number>, failed = 1): Promise<never> {
  process.exit(
    await status.catch((error: unknown) => {
      console.error(explain(error));
      return failed;
    }),
  );
}
