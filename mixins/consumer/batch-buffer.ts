/** A bounded buffer of items that arrive one by one and leave in batches. */
export class BatchBuffer<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #ended = false;
  #released = false;
  #wakeTaker: (() => void) | undefined;
  #wakePusher: (() => void) | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /**
   * Undefined while there is room for another item. Otherwise it resolves when there is. After `end`
   * it resolves only at `release`.
   */
  push(item: T): Promise<void> | undefined {
    this.#items.push(item);
    this.#wakeTaker?.();
    return this.#isFull ? this.#whenThereIsRoom() : undefined;
  }

  get #isFull(): boolean {
    return (this.#items.length >= this.#capacity || this.#ended) && !this.#released;
  }

  async #whenThereIsRoom(): Promise<void> {
    while (this.#isFull) {
      await new Promise<void>((resolve) => {
        this.#wakePusher = resolve;
      });
    }
  }

  /**
   * Up to `size` items: as soon as there are so many, or `lingerMs` after the first one, but not
   * before `notBefore` (in milliseconds of `performance.now()`). An empty list when there is none
   * within `idleMs`, or after `end`.
   */
  async take(size: number, lingerMs: number, idleMs: number, notBefore = 0): Promise<T[]> {
    await this.#waitFor(1, idleMs);
    if (this.#items.length > 0 && this.#items.length < size) {
      await this.#waitFor(size, Math.max(lingerMs, notBefore - performance.now()));
    }
    if (this.#ended) return [];
    const taken = this.#items.slice(0, size);
    this.#items = this.#items.slice(size);
    this.#wakePusher?.();
    return taken;
  }

  /**
   * Hands out no more items and blocks the pusher, whose iteration would ask the broker for more.
   */
  end(): void {
    this.#ended = true;
    this.#wakeTaker?.();
  }

  /** After `end`: later items stay in `items`. */
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
