/**
 * Notices that the process stood still, be it frozen or busy. A request that is read right after that may have waited in the
 * socket for as long, and its client may have given up: HTTP does not say when a request was sent.
 */

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 100;

export class Pauses {
  #timer: NodeJS.Timeout | undefined;
  /** The last two looks: what had come before the earlier one was read before the later one. */
  #earlier = performance.now();
  #later = performance.now();

  start(): void {
    this.#look();
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** How long what is read now may have waited, in milliseconds: up to two looks where nothing stood still. */
  get maxWaitMs(): number {
    return performance.now() - this.#earlier;
  }

  #look(): void {
    this.#earlier = this.#later;
    this.#later = performance.now();
  }
}
