/** Streams that take no events now. Each has a pause, which doubles; other streams continue. */
import { backOff } from '#mixins/back-off.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';

/** First and longest pause, in milliseconds. */
const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** The back-off of each stream, in this process only. */
export class StreamBackOff {
  readonly #failing = new Map<string, { readonly until: number; readonly failures: number }>();
  readonly #outages = new Map<string, Outage>();
  readonly #log: OutageLog | undefined;

  /** `log` gets a line when a stream begins to fail, and when it works again. Default: none. */
  constructor(log?: OutageLog) {
    this.#log = log;
  }

  failed(stream: string, reason = ''): void {
    const failures = (this.#failing.get(stream)?.failures ?? 0) + 1;
    const pause = backOff(failures, FIRST_MS, LONGEST_MS);
    this.#failing.set(stream, { until: performance.now() + pause, failures });
    if (this.#log === undefined) return;
    const outage =
      this.#outages.get(stream) ?? new Outage(`The stream of ${stream} takes no events`, this.#log);
    this.#outages.set(stream, outage);
    outage.failed(reason);
  }

  succeeded(stream: string): void {
    this.#failing.delete(stream);
    this.#outages.get(stream)?.over();
  }

  /** Ends all pauses. A stream that failed counts as failing until it succeeds. */
  resume(): void {
    for (const stream of this.#failing.keys()) this.#failing.set(stream, { until: 0, failures: 0 });
  }

  isFailing(stream: string): boolean {
    return this.#failing.has(stream);
  }

  /** The streams that failed and have not succeeded since. */
  failing(): string[] {
    return [...this.#failing.keys()];
  }

  /** The streams that are in their pause. */
  pausing(): string[] {
    const now = performance.now();
    return [...this.#failing].flatMap(([stream, { until }]) => (until > now ? [stream] : []));
  }
}
