/**
 * Ended spans on their way to the collector. It is bounded: while the collector is away, spans are
 * dropped, and neither memory nor requests suffer.
 */
import { runOutOfScope } from '#mixins/call-scope.ts';

const SETTINGS = {
  /** Spans that wait. Each takes about 1 KB. */
  maxSpans: 4_096,
  /** Spans of one request to the collector. */
  batchSpans: 512,
  /** How long a span waits for more, in milliseconds. */
  delayMs: 1_000,
};
/** Tests set other values. */
export type BufferSettings = typeof SETTINGS;

export interface BufferOptions<Item> {
  /** Sends a batch; rejects if the collector did not take it. Called once at a time. */
  send(batch: readonly Item[]): Promise<void>;
  /** Called after each batch, with the error if it was not taken. */
  onSent(error: unknown): void;
  readonly settings?: Partial<BufferSettings>;
}

/** Number of spans, since the start. */
export interface BufferCounts {
  readonly exported: number;
  /** There was no room. */
  readonly overflowed: number;
  /** The collector did not take them. */
  readonly refused: number;
}

export class SpanBuffer<Item> {
  readonly #options: BufferOptions<Item>;
  readonly #settings: BufferSettings;
  #items: Item[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isStopping = false;
  readonly #counts = { exported: 0, overflowed: 0, refused: 0 };

  constructor(options: BufferOptions<Item>) {
    this.#options = options;
    this.#settings = { ...SETTINGS, ...options.settings };
  }

  get counts(): BufferCounts {
    return this.#counts;
  }

  /** Never waits. Without room, the span is dropped. */
  add(item: Item): void {
    const { maxSpans, batchSpans } = this.#settings;
    if (this.#items.length >= maxSpans) {
      this.#counts.overflowed += 1;
      return;
    }
    this.#items.push(item);
    if (this.#sending !== undefined) return;
    if (this.#items.length >= batchSpans) this.#begin();
    else this.#waitForMore();
  }

  /** Sends what waits, within this many milliseconds. The rest is dropped. */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true;
    if (this.#sending === undefined && this.#items.length > 0) this.#begin();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([this.#sending, tooLate]);
    clearTimeout(timer);
    this.#counts.overflowed += this.#items.length;
    this.#items = [];
  }

  #waitForMore(): void {
    this.#timer ??= setTimeout(() => this.#begin(), this.#settings.delayMs).unref();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // The span that fills a batch belongs to a request, and the sending does not.
    this.#sending = runOutOfScope(() => this.#sendAll()).finally(() => {
      this.#sending = undefined;
      if (this.#items.length > 0 && !this.#isStopping) this.#waitForMore();
    });
  }

  /** Full batches, and what is left over if the node stops. */
  async #sendAll(): Promise<void> {
    const { batchSpans } = this.#settings;
    do {
      const batch = this.#items.splice(0, batchSpans);
      try {
        await this.#options.send(batch);
        this.#counts.exported += batch.length;
        this.#options.onSent(undefined);
      } catch (error) {
        this.#counts.refused += batch.length;
        this.#options.onSent(error);
      }
    } while (this.#items.length >= batchSpans || (this.#isStopping && this.#items.length > 0));
  }
}
