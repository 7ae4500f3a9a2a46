/** Requests of an address within a second. Pure: the time is passed in. */
import { networkOf } from '#mixins/network.ts';

/** The window, in milliseconds. */
const WINDOW_MS = 1_000;
/** Addresses counted on their own within a window; all further ones share one count, so that memory has a bound. */
const MAX_ADDRESSES = 50_000;

/**
 * A fixed window for all addresses at once: no timer and no object per address, and what it keeps is dropped each
 * second. At the edge of two windows an address may have twice its limit, which protects just as well.
 */
export class RateLimit {
  readonly #limit: number;
  #windowEnd = 0;
  readonly #counts = new Map<string, number>();

  /** `limit`: requests a second. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a request; whether it is within the limit. `now` in milliseconds. */
  take(address: string, now: number): boolean {
    if (now >= this.#windowEnd) {
      this.#counts.clear();
      this.#windowEnd = now + WINDOW_MS;
    }
    let key = networkOf(address);
    let count = this.#counts.get(key) ?? 0;
    if (count === 0 && this.#counts.size >= MAX_ADDRESSES) {
      key = '';
      count = this.#counts.get(key) ?? 0;
    }
    this.#counts.set(key, count + 1);
    return count < this.#limit;
  }
}
