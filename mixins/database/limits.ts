/** Time limits of statements. Pure. */

export interface Limits {
  /** Time limit of a statement, in milliseconds. */
  readonly statementMs: number;
  /** Time limit of waiting for one lock, in milliseconds. */
  readonly lockMs: number;
}

/**
 * Limits for a service's own work, which has large batches and no waiting caller. A longer wait for
 * a lock would mean a growing queue.
 */
export const SERVICE_LIMITS: Limits = { statementMs: 10_000, lockMs: 3_000 };

/**
 * Limits of a request. They are below the 5 s for which its caller waits, so that the caller learns
 * the outcome. A new connection has them too.
 */
export const REQUEST_LIMITS: Limits = { statementMs: 4_000, lockMs: 1_000 };

/**
 * When less time is left than the limit of a statement, the limit becomes this share of that time.
 * So the statements after it can mostly keep the same limit.
 */
const SHARE_OF_REST = 0.9;

/**
 * The limits of a call that has `leftMs` left and has already waited `waitedMs` for others. Each is
 * at least 1 ms.
 */
export function limitsWithin(most: Limits, leftMs: number, waitedMs = 0): Limits {
  return {
    statementMs: leftMs < most.statementMs ? atLeastOne(leftMs * SHARE_OF_REST) : most.statementMs,
    lockMs: atLeastOne(most.lockMs - waitedMs),
  };
}

/** Zero would mean no limit. */
function atLeastOne(milliseconds: number): number {
  return Math.max(1, Math.floor(milliseconds));
}

export function areEqual(some: Limits, others: Limits): boolean {
  return some.statementMs === others.statementMs && some.lockMs === others.lockMs;
}

/** SQL for the open transaction, or for the one that the same message opens. */
export function setLocal({ statementMs, lockMs }: Limits): string {
  return `SET LOCAL statement_timeout = ${statementMs}; SET LOCAL lock_timeout = ${lockMs}`;
}
