/**
 * Limits the number of tasks that a user creates within a minute. It is pure: the time is a
 * parameter.
 */

/** Length of a window in milliseconds. A user's window begins with the first task in it. */
const WINDOW_MS = 60_000;
/** With this many users, a new one triggers the removal of windows that have ended. */
const SWEEP_AT = 10_000;

interface Window {
  readonly endsAt: number;
  taken: number;
}

/** The quota of each user on this node. */
export class TaskQuota {
  readonly #limit: number;
  readonly #windows = new Map<string, Window>();

  /** `limit` is the number of tasks a minute. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Takes a slot for a task. Returns 0, or the seconds until a slot is free. `now` is in
   * milliseconds.
   */
  take(userId: string, now: number): number {
    const window = this.#windowOf(userId, now);
    if (window.taken >= this.#limit) return Math.max(1, Math.ceil((window.endsAt - now) / 1_000));
    window.taken += 1;
    return 0;
  }

  /** Gives back the slot of a task that was not created. */
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
