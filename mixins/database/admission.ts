/**
 * Which transactions of calls may take a connection of the pool. A transaction that waits for a lock keeps its connection,
 * so without a bound a few calls for one locked row would take all of them, and every other call would wait as well.
 */
import { type CallScope, DeadlinePassedError } from '#mixins/call-scope.ts';
import { KeyedTurns, type Release, Turns } from '#mixins/turns.ts';
import { REQUEST_LIMITS } from './limits.ts';

/** Transactions at a time that change one thing. The second one finds out that its `Idempotency-Key` is in use. */
const MAX_OF_RESOURCE = 2;

/** Too many calls change the same thing: as if the time limit of a lock were over. */
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

  /** Leaves one connection to what needs no transaction of a call: reads, consumers, the relay. */
  constructor(poolSize: number) {
    this.#connections = new Turns(Math.max(1, poolSize - 1));
  }

  /**
   * Runs `work` when its turn has come, and tells it how long others who change the same thing kept it waiting, in
   * milliseconds. Throws `ResourceBusyError` where that takes as long as a lock may, and `DeadlinePassedError`.
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

async function releasing<Result>(release: Release, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } finally {
    release();
  }
}
