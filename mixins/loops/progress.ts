/**
 * Whether a loop makes progress. Callers pass times, in milliseconds of a monotonic clock. Pure.
 */

/** The result of a pass. */
export type Pass =
  /** True: it did something, and there may be more work. False: there is nothing to do now. */
  | boolean
  /** There is nothing to do now, and there may be in so many milliseconds. */
  | { readonly againMs: number }
  /** Some work can't be done now, and why. `more`: other work may follow at once. */
  | { readonly blocked: string; readonly more?: boolean };

export type LoopState =
  /** The last pass found nothing to do. */
  | { readonly is: 'idle' }
  /** The last pass made progress, or the first one is under way. */
  | { readonly is: 'working' }
  /** No progress for `ms`, which is too short to count as stalled. */
  | { readonly is: 'waiting'; readonly reason: string; readonly ms: number }
  /** It has work, and has made no progress for `ms`. */
  | { readonly is: 'stalled'; readonly reason: string; readonly ms: number };

/** Time without progress after which a loop with work counts as stalled, in milliseconds. */
export const STALLED_AFTER_MS = 60_000;

/** Follows the passes of one loop. */
export class Progress {
  readonly #longestPassMs: number;
  #idle = false;
  #passes = 0;
  /** When the current pass began; undefined between two. */
  #passSince: number | undefined;
  /** Since when passes fail or are blocked, and the last reason. */
  #standstill: { readonly since: number; readonly reason: string } | undefined;

  /** A pass is stalled when it takes longer than both `longestPassMs` and `stalledAfterMs`. */
  constructor(longestPassMs = 0) {
    this.#longestPassMs = longestPassMs;
  }

  begins(now: number): void {
    this.#passSince = now;
    this.#passes += 1;
  }

  /** The number of passes that have begun. */
  get passes(): number {
    return this.#passes;
  }

  /** The pass ended without an error. */
  ended(pass: Pass, now: number): void {
    if (typeof pass === 'object' && 'blocked' in pass) {
      this.failed(pass.blocked, now);
      return;
    }
    this.#passSince = undefined;
    this.#standstill = undefined;
    this.#idle = pass !== true;
  }

  /** The pass failed or was blocked. There may or may not be work. */
  failed(reason: string, now: number): void {
    const since = this.#standstill?.since ?? this.#passSince ?? now;
    this.#passSince = undefined;
    this.#standstill = { since, reason };
  }

  state(now: number, stalledAfterMs = STALLED_AFTER_MS): LoopState {
    const passMs = this.#passSince === undefined ? 0 : now - this.#passSince;
    const isLong = passMs > Math.max(stalledAfterMs, this.#longestPassMs);
    if (this.#standstill === undefined) {
      if (isLong) return { is: 'stalled', reason: 'A pass does not end', ms: passMs };
      return { is: this.#idle ? 'idle' : 'working' };
    }
    const { since, reason } = this.#standstill;
    const ms = now - since;
    return { is: ms >= stalledAfterMs ? 'stalled' : 'waiting', reason, ms };
  }
}
