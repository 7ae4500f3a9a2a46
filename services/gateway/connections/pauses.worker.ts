/**
 * Detects that the process was frozen or blocked. A request that is read right after that may have
 * waited in the socket for as long, and its client may have given up. HTTP does not say when a
 * request was sent.
 */

/** Milliseconds between two checks. Each one wakes an idle process. */
const LOOK_EVERY_MS = 250;

export class Pauses {
  #timer: NodeJS.Timeout | undefined;
  /**
   * The last two checks. Data that arrived before the earlier one was read before the later one.
   */
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

  /**
   * How long data read now may have waited, in milliseconds: at most two intervals without a pause.
   */
  get maxWaitMs(): number {
    return performance.now() - this.#earlier;
  }

  #look(): void {
    this.#earlier = this.#later;
    this.#later = performance.now();
  }
}
