/** Time limits of statements. Pure. */

export interface Limits {
  /** What a statement may take, in milliseconds. */
  readonly statementMs: number;
  /** What a statement may wait for one lock, in milliseconds. */
  readonly lockMs: number;
}

/** Of what a service does by itself: large batches, nobody waits. Waiting longer for a lock means a queue that grows. */
export const SERVICE_LIMITS: Limits = { statementMs: 10_000, lockMs: 3_000 };

/** Of a request: below the 5 s that its caller waits, so that the caller learns what became of it. Also those of a new connection. */
export const REQUEST_LIMITS: Limits = { statementMs: 4_000, lockMs: 1_000 };

/** Where less time is left than a statement may take, its limit is this share of it: the next statements then need no lower one. */
const SHARE_OF_REST = 0.9;

/** Those of a call that may last `leftMs` more and has waited `waitedMs` for others before; at least 1 ms each. */
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

/** For the transaction that is open, or about to be opened in the same message. */
export function setLocal({ statementMs, lockMs }: Limits): string {
  return `SET LOCAL statement_timeout = ${statementMs}; SET LOCAL lock_timeout = ${lockMs}`;
}
