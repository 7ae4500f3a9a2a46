/**
 * Logs a state when it changes. Loops and subscriptions meet the same failure again and again while
 * NATS or a database is away: a line for each attempt hides everything else in the log.
 */
import { messageOf } from '#schemas/text.ts';
import type { Log } from './log.ts';

/** An outage that goes on is logged again after this time, in milliseconds. */
const REMIND_EVERY_MS = 600_000;
/**
 * A failure that comes sooner than this after an outage belongs to it, in milliseconds: a state
 * that changes every second is one state.
 */
const CALM_MS = 60_000;
/** Different reasons of one outage that are logged. */
const MAX_REASONS = 5;

/** What an outage needs of a log. */
export type OutageLog = Pick<Log, 'info' | 'warn'>;

/**
 * One thing that may be out of order for a while. Logs the beginning with its reason, a reminder
 * every ten minutes, and the end.
 */
export class Outage {
  readonly #what: string;
  readonly #log: OutageLog;
  readonly #now: () => number;
  readonly #reasons = new Set<string>();
  #begunAt: number | null = null;
  #endedAt = Number.NEGATIVE_INFINITY;
  #loggedAt = 0;
  /** Whether the beginning was logged: only then the end is. */
  #told = false;
  #failures = 0;

  /** `what` fails, such as `keepers-parrots: waits`. `now` in milliseconds, for tests. */
  constructor(what: string, log: OutageLog, now: () => number = Date.now) {
    this.#what = what;
    this.#log = log;
    this.#now = now;
  }

  /**
   * An attempt has failed. Logs the text of the error, never its stack. `kind` says whether the
   * reason is a new one.
   */
  failed(error: unknown, kind = messageOf(error)): void {
    const now = this.#now();
    if (this.#begunAt === null && now - this.#endedAt >= CALM_MS) {
      this.#reasons.clear();
      this.#failures = 0;
    }
    this.#begunAt ??= now;
    this.#failures += 1;
    const reason = messageOf(error);
    if (this.#isNew(kindOf(kind)) || (!this.#told && now - this.#begunAt >= CALM_MS)) {
      this.#told = true;
      this.#loggedAt = now;
      this.#log.warn(`${this.#what}: ${reason}`);
    } else if (now - this.#loggedAt >= REMIND_EVERY_MS) {
      this.#loggedAt = now;
      const since = new Date(this.#begunAt).toISOString();
      this.#log.warn(`${this.#what}, since ${since} (${this.#failures} attempts): ${reason}`);
    }
  }

  /** An attempt has succeeded. Cheap; may be called for each. */
  over(): void {
    if (this.#begunAt === null) return;
    const now = this.#now();
    if (this.#told) this.#log.info(`${this.#what}: over after ${Math.round((now - this.#begunAt) / 1000)} s`);
    this.#told = false;
    this.#begunAt = null;
    this.#endedAt = now;
  }

  #isNew(kind: string): boolean {
    if (this.#reasons.has(kind) || this.#reasons.size === MAX_REASONS) return false;
    this.#reasons.add(kind);
    return true;
  }
}

/**
 * Texts that differ in ids and numbers only (of requests, ports, times, positions) say the same.
 */
function kindOf(text: string): string {
  return text.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+/gi, '#');
}

/** Kinds of texts that are logged until a calm minute. */
const MAX_KINDS = 10;

/**
 * For failures that may come thousands of times a second, and whose end is not visible. Logs a text
 * when its kind is new, then one every ten minutes, with the number of those left out. After a
 * minute without a text all kinds are new. `kind` is by default the text; texts whose numbers
 * differ are of one kind. `now` is for tests.
 */
export function throttle(
  log: (text: string) => void,
  now: () => number = Date.now,
  pauseMs = 0,
): (text: string, kind?: string) => void {
  const kinds = new Set<string>();
  let lastAt = Number.NEGATIVE_INFINITY;
  let loggedAt = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (text, kind = text) => {
    const at = now();
    if (at - lastAt >= CALM_MS + pauseMs) kinds.clear();
    lastAt = at;
    const isNew = !kinds.has(kindOf(kind)) && kinds.size < MAX_KINDS;
    if (!isNew && at - loggedAt < REMIND_EVERY_MS) {
      leftOut += 1;
      return;
    }
    kinds.add(kindOf(kind));
    log(leftOut === 0 ? text : `${text} (${leftOut} like it were not logged)`);
    loggedAt = at;
    leftOut = 0;
  };
}
