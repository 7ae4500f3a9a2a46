/**
 * One at a time. Lone attempts take turns over all consumers of a process: were two events attempted at once when the process dies,
 * their counters would accuse both, each time anew.
 */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when everything before it has ended; passes on what it returns or throws. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {});
    return await mine;
  }
}

/** The turns of this process. */
export const processTurn = new Turn();
