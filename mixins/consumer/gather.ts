/** What has arrived and was not begun: bounded, handed out in batches. */

/** One side pushes and waits for room, the other takes batches and waits for items. */
export class Gatherer<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #ended = false;
  #released = false;
  #wakeTaker: (() => void) | undefined;
  #wakePusher: (() => void) | undefined;

  /** At most `capacity` items; who pushes waits until there is room. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** Resolves when there is room for another and it has not ended, or at once after `release`. */
  async push(item: T): Promise<void> {
    this.#items.push(item);
    this.#wakeTaker?.();
    while ((this.#items.length >= this.#capacity || this.#ended) && !this.#released) {
      await new Promise<void>((resolve) => {
        this.#wakePusher = resolve;
      });
    }
  }

  /**
   * Up to `size` items: as soon as there are so many, or `lingerMs` after the first was there; an empty list when there is none
   * within `idleMs`, or when it has ended.
   */
  async take(size: number, lingerMs: number, idleMs: number): Promise<T[]> {
    await this.#waitFor(1, idleMs);
    if (this.#items.length > 0 && this.#items.length < size) await this.#waitFor(size, lingerMs);
    if (this.#ended) return [];
    const taken = this.#items.slice(0, size);
    this.#items = this.#items.slice(size);
    this.#wakePusher?.();
    return taken;
  }

  /** Nothing is handed out any more, and who pushes is held: what goes on iterating would go on asking the broker. */
  end(): void {
    this.#ended = true;
    this.#wakeTaker?.();
  }

  /** After the end: what is left, and what is still pushed, stays in `items`. */
  release(): void {
    this.#released = true;
    this.#wakePusher?.();
  }

  async #waitFor(count: number, milliseconds: number): Promise<void> {
    const enough = Math.min(count, this.#capacity);
    if (this.#items.length >= enough || this.#ended) return;
    await new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#wakeTaker = undefined;
        resolve();
      };
      const timer = setTimeout(finish, milliseconds);
      this.#wakeTaker = () => {
        if (this.#items.length >= enough || this.#ended) finish();
      };
    });
  }
}
