/**
 * The action call that is running: its deadline, what it changes, and whether it has committed.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { logAlone } from './log-scope.ts';
import { runOutOfSpan } from './tracing/traces.ts';

/** The deadline of the call has passed: what it asked for was not sent. */
export class DeadlinePassedError extends Error {
  constructor() {
    super('The deadline of the call has passed');
    this.name = 'DeadlinePassedError';
  }
}

/** One for each call of an action that has a time limit. */
export class CallScope {
  /**
   * In milliseconds of `performance.now()`: it counts while the process is frozen, and nobody sets
   * it.
   */
  readonly deadline: number;
  /** What the call changes, such as one order; undefined where its route names nothing. */
  readonly resource: string | undefined;
  /**
   * Whether somebody waits for it who is no service: then its statements have the lower time
   * limits.
   */
  readonly isRequest: boolean;
  /** A COMMIT of changes was sent: what the call has done may stay, whatever comes after it. */
  hasCommitted = false;

  constructor(deadline: number, resource?: string, isRequest = true) {
    this.deadline = deadline;
    this.resource = resource;
    this.isRequest = isRequest;
  }

  /** Milliseconds until the deadline; negative after it. */
  get leftMs(): number {
    return this.deadline - performance.now();
  }

  get isOver(): boolean {
    return this.leftMs <= 0;
  }
}

const scopes = new AsyncLocalStorage<CallScope>();

/**
 * The scope of the code that runs now; undefined for what a service does by itself (consumers,
 * loops).
 */
export function currentScope(): CallScope | undefined {
  return scopes.getStore();
}

/** Runs `work`, and whatever it awaits, within a scope. */
export function runInScope<Result>(scope: CallScope, work: () => Result): Result {
  return scopes.run(scope, work);
}

/**
 * Runs `work` outside of any scope: for what calls share, and what outlives the one that began it.
 */
export function runOutOfScope<Result>(work: () => Result): Result {
  return scopes.exit(() => logAlone(() => runOutOfSpan(work)));
}
