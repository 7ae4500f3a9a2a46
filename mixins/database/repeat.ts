/** Does what was done in vain once more. */
import type { CallScope } from '../call-scope.ts';
import { DeadConnectionError, isWorthRepeating } from './errors.ts';

/** A server that was restarted leaves a pool full of dead connections. So many are replaced for one transaction or read. */
const MAX_DEAD_CONNECTIONS = 10;

/**
 * Runs `attempt`, on another connection where the first one was dead already. In a call it is run once more where it is known to
 * have changed nothing and may well succeed at once: its connection was lost, its statements were outdated by a change of a
 * table, or another transaction overtook it. That attempt uses no prepared statements: all connections of the pool may have
 * outdated ones. Consumers and loops repeat by themselves, and count it.
 */
export async function repeating<Result>(
  scope: CallScope | undefined,
  attempt: (usesPrepared: boolean) => Promise<Result>,
): Promise<Result> {
  let dead = 0;
  for (let isFirst = true; ; ) {
    try {
      return await attempt(isFirst);
    } catch (error) {
      if (scope?.isOver) throw error;
      if (error instanceof DeadConnectionError && dead < MAX_DEAD_CONNECTIONS) {
        dead += 1;
        continue;
      }
      if (scope === undefined || !isFirst || !isWorthRepeating(error)) throw error;
      isFirst = false;
    }
  }
}
