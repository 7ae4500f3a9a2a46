/**
 * The attempts of one call, each at another node, until one has an answer (FAIL-5). Pure but for
 * its clock.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isProblem } from '#schemas/errors.ts';
import type { Fate } from './call-fate.ts';

/**
 * Pause before a repeated call asks again while its first attempt holds its key, in milliseconds. A
 * dead node's transaction ends when PostgreSQL notices the end of its connection.
 */
export const KEY_PAUSE_MS = 100;

/** A node that can carry out the call. */
export interface Target {
  readonly id: string;
}

export interface Call<Node extends Target> {
  /** Where it goes first. */
  readonly target: Node;
  readonly limitMs: number;
  /** Whether it may be carried out once more where it may have been carried out. */
  readonly isRepeatable: boolean;
  /**
   * Sends it. Resolves and rejects with the answer, or rejects with an error that tells its fate.
   * `canMove`: whether it could go on at another target if this one is silent.
   */
  send(target: Node, leftMs: number, canMove: () => boolean): Promise<unknown>;
  fateOf(error: unknown, target: Node): Fate;
  /** Another target than those with these ids; undefined where there is none. */
  beside(tried: ReadonlySet<string>): Node | undefined;
  /** The error of a call that may have been carried out. */
  unknown(target: Node): Error;
}

export interface Clock {
  /** Milliseconds. */
  now(): number;
  pause(ms: number): Promise<unknown>;
}

const CLOCK: Clock = { now: () => performance.now(), pause: (ms) => delay(ms) };

/**
 * A call that has certainly not begun goes to another target, until none is left. A call that may
 * have begun does so once, if it is repeatable. Throws the error of the last attempt, or that of
 * `unknown`.
 */
export async function carryOut<Node extends Target>(
  call: Call<Node>,
  clock: Clock = CLOCK,
): Promise<unknown> {
  const { isRepeatable } = call;
  const deadline = clock.now() + call.limitMs;
  const tried = new Set<string>();
  let { target } = call;
  let mayHaveRun = false;
  for (;;) {
    tried.add(target.id);
    const canMove = () => isRepeatable && !mayHaveRun && call.beside(tried) !== undefined;
    try {
      return await call.send(target, deadline - clock.now(), canMove);
    } catch (error) {
      const fate = call.fateOf(error, target);
      const mayMove = fate === 'not_begun' || (fate === 'unknown' && isRepeatable && !mayHaveRun);
      if (fate === 'unknown') mayHaveRun = true;
      // The first attempt still runs, or its transaction has not ended yet.
      const isHeld = mayHaveRun && isProblem(error, 'idempotency_key_in_use');
      if (isHeld) await clock.pause(KEY_PAUSE_MS);
      const next = isHeld ? target : mayMove ? call.beside(tried) : undefined;
      if (next === undefined || clock.now() >= deadline) {
        // "Nothing was changed" would be true of the last attempt only.
        const isSettled = !mayHaveRun || (fate === 'answered' && !isTransient(error));
        throw isSettled ? error : call.unknown(target);
      }
      target = next;
    }
  }
}

/** Whether the same call may succeed later. This field survives a call between nodes. */
function isTransient(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}
