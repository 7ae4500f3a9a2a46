/** Does what was done in vain once more. */
import type { CallScope } from '../call-scope.ts';
import { isWorthRepeating } from './errors.ts';

/**
 * Runs `attempt`, and once more where it is known to have changed nothing and may well succeed at once: its connection was
 * lost, its statements were outdated by a change of a table, or another transaction overtook it. The second attempt uses
 * no prepared statements: all connections of the pool may have outdated ones. Only in calls: consumers and loops
 * repeat by themselves, and count it.
 */
export async function repeating<Result>(
  scope: CallScope | undefined,
  attempt: (usesPrepared: boolean) => Promise<Result>,
): Promise<Result> {
  try {
    return await attempt(true);
  } catch (error) {
    if (scope === undefined || scope.isOver || !isWorthRepeating(error)) throw error;
    return attempt(false);
  }
}
