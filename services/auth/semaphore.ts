/** Lets a few run at a time and a bounded number wait, in order and not for ever. Pure: the clock is passed in. */
import { Problem } from '../../schemas/errors.ts';

/** What a semaphore allows. */
export interface SemaphoreLimits {
  readonly maxRunning: number;
  /** Who comes when so many wait is refused. */
  readonly maxWaiting: number;
  /** Whose turn comes later than this, in milliseconds, is refused. */
  readonly maxWaitMs: number;
}

/** See above. */
export class Semaphore {
  readonly #limits: SemaphoreLimits;
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** `now` gives milliseconds of any clock that never goes back. */
  constructor(limits: SemaphoreLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#free = limits.maxRunning;
  }

  /** Runs `work` when its turn comes; throws `service_unavailable` at once when too many wait, and when its turn comes too late. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const from = this.#now();
    if (this.#free > 0) this.#free--;
    else await this.#turn();
    try {
      if (this.#now() - from > this.#limits.maxWaitMs) throw tooMany();
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  async #turn(): Promise<void> {
    if (this.#waiting.length >= this.#limits.maxWaiting) throw tooMany();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

const tooMany = () =>
  new Problem('service_unavailable', 'Too many sign-ins at the same time', { retryAfter: 1 });
