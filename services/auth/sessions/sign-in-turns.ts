/**
 * The sign-ins of a node: how many run at a time, and in which order. Pure except for the clock.
 */
import { KeyedTurns } from '#mixins/turns.ts';
import { Problem } from '#schemas/errors.ts';
import { FairTurns, type Turn } from './fair-turns.ts';

/**
 * Two that hash, and two that read or write. This is less than the pool has connections, so that a
 * flood leaves some for other work.
 */
const MAX_RUNNING = 4;

/** Ends a wait before it begins. */
const AT_ONCE = { signal: AbortSignal.abort() };

export class SignInTurns {
  readonly #inFlight: KeyedTurns;
  readonly #turns = new FairTurns({ maxRunning: MAX_RUNNING });

  /** `most` is how many sign-ins of an account from the same network may run or wait. */
  constructor(most: number) {
    this.#inFlight = new KeyedTurns(most);
  }

  /**
   * Runs a sign-in when its turn comes. Throws what `FairTurns.run` throws. Also throws
   * `too_many_requests` at once when `most` sign-ins of the account run or wait from the same
   * network. Each network counts separately: a stranger's flood must not lock out the owner.
   */
  async run<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    const release = await this.#inFlight.take(`${turn.network} ${turn.account}`, AT_ONCE);
    if (release === undefined) {
      throw new Problem('too_many_requests', 'Too many sign-ins at the same time; wait before the next', {
        retryAfter: 1,
      });
    }
    try {
      return await this.#turns.run(turn, work);
    } finally {
      release();
    }
  }
}
