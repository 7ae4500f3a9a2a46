/** Lets a few run at a time, of all or of each key; the others wait in order. */

/** Gives a turn back; called once. */
export type Release = () => void;

/** Runs `work`, then gives the turn back. Returns or throws what `work` does. */
export async function releasing<Result>(
  release: Release | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } finally {
    release?.();
  }
}

/** How long somebody waits for a turn. */
export interface Patience {
  /** In milliseconds. Default: without an end. */
  readonly waitMs?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** At most so many at a time. */
export class Turns {
  readonly #waiting = new Set<() => void>();
  readonly #max: number;
  #running = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether nobody has a turn, or waits for one. */
  get isIdle(): boolean {
    return this.#running === 0 && this.#waiting.size === 0;
  }

  /**
   * Resolves with what gives the turn back, or with undefined where patience ends before the turn
   * comes.
   */
  async take({ waitMs, signal }: Patience = {}): Promise<Release | undefined> {
    if (this.#running < this.#max) {
      this.#running += 1;
      return this.#release;
    }
    if (signal?.aborted) return undefined;
    return new Promise((resolve) => {
      const leave = (release?: Release) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        this.#waiting.delete(grant);
        resolve(release);
      };
      const grant = () => leave(this.#release);
      const giveUp = () => leave();
      const timer = waitMs === undefined ? undefined : setTimeout(giveUp, waitMs);
      signal?.addEventListener('abort', giveUp);
      this.#waiting.add(grant);
    });
  }

  /** Runs `work` when its turn comes, however late. Returns or throws what `work` does. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    return await releasing(await this.take(), work);
  }

  readonly #release = (): void => {
    const [next] = this.#waiting;
    if (next === undefined) this.#running -= 1;
    else next();
  };
}

/** At most so many of each key at a time; work of other keys does not wait. */
export class KeyedTurns {
  readonly #max: number;
  readonly #turns = new Map<string, Turns>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Keys that have or await a turn. */
  get size(): number {
    return this.#turns.size;
  }

  /** As `Turns.take`, for one key. */
  async take(key: string, patience?: Patience): Promise<Release | undefined> {
    const turns = this.#turns.get(key) ?? new Turns(this.#max);
    this.#turns.set(key, turns);
    const release = await turns.take(patience);
    if (release === undefined) return undefined;
    return () => {
      release();
      if (turns.isIdle) this.#turns.delete(key);
    };
  }

  /** As `Turns.run`, for one key. */
  async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    return await releasing(await this.take(key), work);
  }
}
