/** Runs work of one key one after the other. Pure. */

/** See above. Work of other keys does not wait. */
export class OneByOne {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` after all that was asked for under the key before. Rejects as `work` does; what waits behind it runs all the same. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const over: Promise<void> = result.then(
      () => this.#forget(key, over),
      () => this.#forget(key, over),
    );
    this.#last.set(key, over);
    return result;
  }

  #forget(key: string, over: Promise<void>): void {
    if (this.#last.get(key) === over) this.#last.delete(key);
  }
}
