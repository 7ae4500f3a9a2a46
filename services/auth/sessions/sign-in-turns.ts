/** The sign-ins of a node: how many run at a time, and for whom. Pure but for the clock. */
import { Problem } from '#schemas/errors.ts';
import { FairTurns, type Turn } from './fair-turns.ts';

/** Two that hash, and two that look or write: fewer than a pool has connections, so that a flood leaves some to others. */
const MAX_RUNNING = 4;

/** See above. */
export class SignInTurns {
  readonly #inFlight = new InFlight();
  readonly #turns = new FairTurns({ maxRunning: MAX_RUNNING });

  /**
   * Runs a sign-in when its turn comes. Throws `too_many_requests` at once where `most` of the account run or wait that come from the
   * same network, and what `FairTurns.run` throws. Networks are counted apart: a stranger's flood must not lock out the owner.
   */
  run<T>(turn: Turn, most: number, work: () => Promise<T>): Promise<T> {
    const key = `${turn.network} ${turn.account}`;
    return this.#inFlight.run(key, most, () => this.#turns.run(turn, work));
  }
}

/** Bounds how much work of one key runs at a time; more is refused at once. */
export class InFlight {
  readonly #running = new Map<string, number>();

  /** Runs `work`; throws `too_many_requests` where `most` of the key run already. */
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
