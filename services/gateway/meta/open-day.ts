/**
 * The open business day, for `/meta`. Anyone may ask for it at any rate, and it must be answered
 * while the service that keeps the days is away.
 */
import { type BusinessDay, type Calendar, dayOf, endOf } from '#mixins/calendar.ts';

/** How long an answer of the service is used, in milliseconds. */
const FRESH_MS = 1_000;

export interface OpenDayOptions {
  readonly calendar: Calendar;
  /** Asks for the open day. Undefined if there is none, or if no node can say; may reject. */
  readonly ask: () => Promise<BusinessDay | undefined>;
}

/** The business day that is open, and when it ends. */
export interface OpenDay {
  readonly businessDay: BusinessDay;
  readonly dayEndsAt: Date;
}

export class OpenDays {
  readonly #options: OpenDayOptions;
  #last: BusinessDay | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #hasFailed = false;
  #asking: Promise<void> | undefined;

  constructor(options: OpenDayOptions) {
    this.#options = options;
  }

  /**
   * The open day as the service says it, at most a second ago. While the service does not answer:
   * the last known day until its end, then the day of the calendar. Only the first of the failing
   * questions is waited for. Never rejects.
   */
  async read(now: Date): Promise<OpenDay> {
    const { calendar } = this.#options;
    if (now.getTime() - this.#askedAt >= FRESH_MS) {
      this.#asking ??= this.#ask(now.getTime());
      if (!this.#hasFailed) await this.#asking;
    }
    const isKnown = this.#last !== undefined && (!this.#hasFailed || endOf(this.#last, calendar) > now);
    const businessDay = isKnown ? (this.#last as BusinessDay) : dayOf(now, calendar);
    return { businessDay, dayEndsAt: endOf(businessDay, calendar) };
  }

  async #ask(at: number): Promise<void> {
    const day = await this.#options.ask().catch(() => undefined);
    this.#askedAt = at;
    this.#hasFailed = day === undefined;
    this.#last = day ?? this.#last;
    this.#asking = undefined;
  }
}
