/**
 * Decides which transactions of calls may take a connection of the pool. A transaction that waits
 * for a lock keeps its connection. Without a bound, a few calls for one locked row would take all
 * connections, and every other call would wait as well.
 */
import { type CallScope, DeadlinePassedError } from '#mixins/call-scope.ts';
import { KeyedTurns, releasing, Turns } from '#mixins/turns.ts';
import { REQUEST_LIMITS } from './limits.ts';

/**
 * Concurrent transactions that change the same thing. Two, so that a second call with the same
 * `Idempotency-Key` finds out that the key is in use.
 */
const MAX_OF_RESOURCE = 2;

/** Too many calls change the same thing. Treated as a lock that was not available in time. */
export class ResourceBusyError extends Error {
  constructor() {
    super('Too many calls change the same thing');
    this.name = 'ResourceBusyError';
  }
}

/** One for each pool. */
export class Admission {
  readonly #connections: Turns;
  readonly #resources = new KeyedTurns(MAX_OF_RESOURCE);

  /**
   * Leaves one connection to work that needs no transaction of a call: reads, consumers, the relay.
   */
  constructor(poolSize: number) {
    this.#connections = new Turns(Math.max(1, poolSize - 1));
  }

  /**
   * Runs `work` when a place is free. `waitedMs` is how long it waited for other changes of the
   * same thing, in milliseconds. Throws `ResourceBusyError` when it waits as long as the limit of a
   * lock, and `DeadlinePassedError`.
   */
  async run<Result>(scope: CallScope, work: (waitedMs: number) => Promise<Result>): Promise<Result> {
    if (scope.resource === undefined) return this.#onConnection(scope, () => work(0));
    const from = performance.now();
    const release = await this.#resources.take(scope.resource, { waitMs: REQUEST_LIMITS.lockMs });
    if (release === undefined) throw new ResourceBusyError();
    const waitedMs = performance.now() - from;
    return releasing(release, () => this.#onConnection(scope, () => work(waitedMs)));
  }

  async #onConnection<Result>(scope: CallScope, work: () => Promise<Result>): Promise<Result> {
    const release = await this.#connections.take({ waitMs: scope.leftMs });
    if (release === undefined) throw new DeadlinePassedError();
    return releasing(release, work);
  }
}
