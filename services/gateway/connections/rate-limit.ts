/** Limits the requests of an address within a second. Pure: the time is passed in. */
import { networkOf } from '#mixins/network.ts';

/** The window, in milliseconds. */
const WINDOW_MS = 1_000;
/**
 * Addresses that are counted separately within a window. All others share one count, which bounds
 * memory.
 */
const MAX_ADDRESSES = 50_000;

/**
 * A fixed window for all addresses: it needs no timer or object per address, and its counts are
 * dropped each second. Across two windows an address may send twice its limit, which is still safe.
 */
export class RateLimit {
  readonly #limit: number;
  #windowEnd = 0;
  readonly #counts = new Map<string, number>();

  /** `limit` is the number of requests a second. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a request. Returns whether it is within the limit. `now` is in milliseconds. */
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
