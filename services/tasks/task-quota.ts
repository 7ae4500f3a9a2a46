/** How many tasks a user may create within a minute. Pure: the time is passed in. */

/** Length of a window, in milliseconds. A user's begins with the first task in it. */
const WINDOW_MS = 60_000;
/** With so many users, those whose window has ended are forgotten when a further one begins. */
const SWEEP_AT = 10_000;

interface Window {
  readonly endsAt: number;
  taken: number;
}

/** The quota of each user on this node. */
export class TaskQuota {
  readonly #limit: number;
  readonly #windows = new Map<string, Window>();

  /** `limit`: tasks a minute. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a place for a task; 0, or where none is left the seconds until there is one. `now` in milliseconds. */
  take(userId: string, now: number): number {
    const window = this.#windowOf(userId, now);
    if (window.taken >= this.#limit) return Math.max(1, Math.ceil((window.endsAt - now) / 1_000));
    window.taken += 1;
    return 0;
  }

  /** Gives back the place of a task that was not created. */
  giveBack(userId: string): void {
    const window = this.#windows.get(userId);
    if (window !== undefined && window.taken > 0) window.taken -= 1;
  }

  #windowOf(userId: string, now: number): Window {
    const known = this.#windows.get(userId);
    if (known !== undefined && now < known.endsAt) return known;
    if (this.#windows.size >= SWEEP_AT) this.#sweep(now);
    const window = { endsAt: now + WINDOW_MS, taken: 0 };
    this.#windows.set(userId, window);
    return window;
  }

  #sweep(now: number): void {
    for (const [userId, { endsAt }] of this.#windows) if (now >= endsAt) this.#windows.delete(userId);
  }
}
