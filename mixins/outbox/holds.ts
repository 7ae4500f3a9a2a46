/** Streams that take no events now: each pauses for longer and longer, the others go on. */

/** First and longest pause, in milliseconds; it doubles. */
const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** What is held, and until when; in this process only. */
export class Holds {
  readonly #holds = new Map<string, { readonly until: number; readonly failures: number }>();

  /** Returns whether this is the stream's first failure since it worked. */
  failed(stream: string): boolean {
    const failures = (this.#holds.get(stream)?.failures ?? 0) + 1;
    const pause = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
    this.#holds.set(stream, { until: performance.now() + pause, failures });
    return failures === 1;
  }

  has(stream: string): boolean {
    return this.#holds.has(stream);
  }

  worked(stream: string): void {
    this.#holds.delete(stream);
  }

  clear(): void {
    this.#holds.clear();
  }

  /** The streams that failed and have not worked since. */
  failing(): string[] {
    return [...this.#holds.keys()];
  }

  /** The streams that pause now. */
  now(): string[] {
    const now = performance.now();
    return [...this.#holds].flatMap(([stream, { until }]) => (until > now ? [stream] : []));
  }
}
