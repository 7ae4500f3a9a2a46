/** Streams that take no events now: each pauses for longer and longer, the others go on. */
import { Outage, type OutageLog } from '../outage.ts';

/** First and longest pause, in milliseconds; it doubles. */
const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** What is held, and until when; in this process only. */
export class Holds {
  readonly #holds = new Map<string, { readonly until: number; readonly failures: number }>();
  readonly #outages = new Map<string, Outage>();
  readonly #log: OutageLog | undefined;

  /** `log` is told when a stream takes no events, and when it does again. Default: none. */
  constructor(log?: OutageLog) {
    this.#log = log;
  }

  failed(stream: string, reason = ''): void {
    const failures = (this.#holds.get(stream)?.failures ?? 0) + 1;
    const pause = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
    this.#holds.set(stream, { until: performance.now() + pause, failures });
    if (this.#log === undefined) return;
    const outage =
      this.#outages.get(stream) ?? new Outage(`The stream of ${stream} takes no events`, this.#log);
    this.#outages.set(stream, outage);
    outage.failed(reason);
  }

  has(stream: string): boolean {
    return this.#holds.has(stream);
  }

  worked(stream: string): void {
    this.#holds.delete(stream);
    this.#outages.get(stream)?.over();
  }

  /** All pauses are over. What failed still counts as failing until it works. */
  resume(): void {
    for (const stream of this.#holds.keys()) this.#holds.set(stream, { until: 0, failures: 0 });
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
