/** Bounds how much work of one key runs at a time; more is refused at once. Pure. */
import { Problem } from '../../schemas/errors.ts';

/** See above. */
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
