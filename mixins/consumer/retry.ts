/** Which failures pass, and for how long a node waits for that. */
import { setTimeout as delay } from 'node:timers/promises';
import { isRetryable, sqlStateOf } from '../database/errors.ts';
import { type ConsumerContext, ConsumerStopped, DeadlineExceeded, GiveBack, within } from './context.ts';
import { backOffMs } from './settings.ts';

const UNIQUE_VIOLATION = '23505';

/**
 * Runs `work` until it succeeds. Throws `GiveBack` when what fails may pass but did not in time (or the consumer is to end), and on
 * anything else what `work` threw. A unique violation is most often an overlap with a redelivery, which repeating settles; one that
 * stays is a bug, and thrown on.
 */
export async function retrying<Result>(
  context: ConsumerContext,
  work: () => Promise<Result>,
  maxUniqueViolations = context.settings.maxUniqueViolations,
): Promise<Result> {
  const giveUpAt = Date.now() + context.settings.retryForMs;
  let uniqueViolations = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConsumerStopped || !mayPass(error)) throw error;
      if (sqlStateOf(error) === UNIQUE_VIOLATION) {
        uniqueViolations += 1;
        if (uniqueViolations > maxUniqueViolations) throw error;
      }
      const wait = backOffMs(tries) * (0.5 + Math.random() / 2);
      if (context.ending.aborted || Date.now() + wait > giveUpAt) throw new GiveBack(error);
      context.counters.retries += 1;
      context.logger.debug(`${context.name}: try ${tries} failed, again in ${Math.round(wait)} ms`, error);
      await delay(wait, undefined, { signal: context.ending }).catch(() => {});
    }
  }
}

/** Whether the same batch may succeed later: the database is away or busy, or the deadline was too short this time. */
export function mayPass(error: unknown): boolean {
  return error instanceof DeadlineExceeded || isRetryable(error);
}

/** How long the database may take to answer before it counts as away, in milliseconds. */
const PROBE_WITHIN_MS = 2_000;

/** Whether a transaction succeeds within `PROBE_WITHIN_MS`. Never throws. */
export async function isDatabaseThere(context: Pick<ConsumerContext, 'database'>): Promise<boolean> {
  try {
    await within(
      PROBE_WITHIN_MS,
      context.database.inTransaction((tx) => tx.rows('SELECT 1')),
    );
    return true;
  } catch {
    return false;
  }
}
