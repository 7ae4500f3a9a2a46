/** Lets a few hold something at a time; the others wait in order, each for as long as it says. */

/** Gives a turn back; called once. */
export type Release = () => void;

export class Turns {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(max: number) {
    this.#free = max;
  }

  /** Resolves with what gives the turn back, or with undefined where it has not come within `waitMs` milliseconds. */
  async take(waitMs: number): Promise<Release | undefined> {
    if (this.#free > 0) {
      this.#free -= 1;
      return this.#release;
    }
    return new Promise((resolve) => {
      const grant = () => {
        clearTimeout(timer);
        resolve(this.#release);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(grant);
        resolve(undefined);
      }, waitMs);
      this.#waiting.add(grant);
    });
  }

  readonly #release = (): void => {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  };
}
