/**
 * The sign-ins of a node: how many run at a time, and in which order. Pure except for the clock.
 */
import { Problem } from '#schemas/errors.ts';
import { FairTurns, type Turn } from './fair-turns.ts';

/**
 * Two that hash, and two that read or write. This is less than the pool has connections, so that a
 * flood leaves some for other work.
 */
const MAX_RUNNING = 4;

export class SignInTurns {
  readonly #inFlight = new InFlight();
  readonly #turns = new FairTurns({ maxRunning: MAX_RUNNING });

  /**
   * Runs a sign-in when its turn comes. Throws what `FairTurns.run` throws. Also throws
   * `too_many_requests` at once when `most` sign-ins of the account run or wait from the same
   * network. Each network counts separately: a stranger's flood must not lock out the owner.
   */
  run<T>(turn: Turn, most: number, work: () => Promise<T>): Promise<T> {
    const key = `${turn.network} ${turn.account}`;
    return this.#inFlight.run(key, most, () => this.#turns.run(turn, work));
  }
}

/** Bounds how much work of one key runs at a time. Further work is refused at once. */
export class InFlight {
  readonly #running = new Map<string, number>();

  /** Runs `work`; throws `too_many_requests` when `most` of the key already run. */
  async run<T>(key: string, most: number, work: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key) ?? 0;
    if (running >= most) {
      throw new Problem('too_many_requests', 'Too many sign-ins at the same time; wait before the next', {
        retryAfter: 1,
      });
    }
    this.#running.set(key, running + 1);
    try {
      return await work();
    } finally {
      const left = (this.#running.get(key) ?? 1) - 1;
      if (left === 0) this.#running.delete(key);
      else this.#running.set(key, left);
    }
  }
}
