/** Lets a few run at a time and a bounded number wait, in order and not for ever. */
import { Problem } from '../../schemas/errors.ts';

export class Semaphore {
  readonly #maxWaiting: number;
  readonly #maxWaitMs: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(maxRunning: number, maxWaiting: number, maxWaitMs: number) {
    this.#free = maxRunning;
    this.#maxWaiting = maxWaiting;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Runs `work` when its turn comes; throws `service_unavailable` at once when too many wait, and when its turn comes too late. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    if (this.#free > 0) this.#free--;
    else await this.#turn();
    try {
      if (performance.now() - from > this.#maxWaitMs) throw tooMany();
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  async #turn(): Promise<void> {
    if (this.#waiting.length >= this.#maxWaiting) throw tooMany();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

const tooMany = () =>
  new Problem('service_unavailable', 'Too many sign-ins at the same time', { retryAfter: 1 });
