/**
 * Sends mails from the queue to the server, several mailboxes at a time. Each mail has a lease on
 * its mailbox. So one node at a time sends to a mailbox, and its mails leave in order (MAIL-2). The
 * database and SMTP are passed in as functions. Otherwise it is pure.
 */
import { backOffMs, type ClaimedMail, type ClaimLimits, type Outcome } from '../mails/mail.ts';
import { type Attempt, Attempts } from './attempts.ts';
import type { HangUp } from './hang-up.ts';

export interface SenderOptions {
  readonly claim: (limits: ClaimLimits) => Promise<readonly ClaimedMail[]>;
  /** Never throws. The outcome is `deferred` after a hang-up. */
  readonly deliver: (mail: ClaimedMail, hangUp: HangUp) => Promise<Outcome>;
  /** Records the outcome of an attempt, however long the database is away. Never throws. */
  readonly settle: (mail: ClaimedMail, outcome: Outcome) => Promise<void>;
  /** Called when another pass may be possible or useful. */
  readonly onRoom: () => void;
  /** Called when the server cannot be used, once for each pause. */
  readonly onUnreachable: (reason: string, pauseMs: number) => void;
  /** Mailboxes at a time. Default: 8. */
  readonly lanes?: number;
  /** Milliseconds after which a mail frees its lane. Default: `SLOW_MS`. Shorter for tests. */
  readonly slowMs?: number;
  /** The clock in milliseconds, for tests. */
  readonly now?: () => number;
}

/** The number of connections that most servers grant one client. */
const DEFAULT_LANES = 8;
/**
 * Milliseconds after which a mail under way frees its lane. So a slow recipient does not delay
 * others (MAIL-2).
 */
const SLOW_MS = 5_000;
/**
 * A server that is back is noticed within this many milliseconds. Each check costs one connection.
 */
const LONGEST_PAUSE_MS = 30_000;

export class Sender {
  readonly #options: SenderOptions;
  readonly #lanes: number;
  readonly #now: () => number;
  readonly #attempts: Attempts;
  readonly #inFlight = new Set<Promise<void>>();
  /** Consecutive attempts that did not reach the server. */
  #unreached = 0;
  #pausedUntil = 0;
  /** Why the last attempt did not reach the server. */
  #unreachable = '';
  /** Mails that the last pass began to send. */
  #begun = 0;
  #stopping = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#lanes = options.lanes ?? DEFAULT_LANES;
    this.#now = options.now ?? Date.now;
    this.#attempts = new Attempts(this.#lanes, options.slowMs ?? SLOW_MS, this.#now);
  }

  /** The leases of mails under way. */
  get leases(): readonly string[] {
    return this.#attempts.leases;
  }

  /** Milliseconds until the server is tried again; 0 if it may be used. */
  get pauseMs(): number {
    return Math.max(0, this.#pausedUntil - this.#now());
  }

  /** Whether the last attempt reached the server. */
  get reachable(): boolean {
    return this.#unreached === 0;
  }

  /**
   * Why nothing can be sent now. Null if mails can be sent, or the last pass began to send some.
   */
  get obstacle(): string | null {
    if (!this.reachable) return `The mail server can't be used: ${this.#unreachable}`;
    // A pass that began a mail found a free lane. So mails are being sent, even if it took the last
    // lane.
    if (this.#begun > 0 || this.#attempts.room(this.#usableLanes) > 0) return null;
    return `All ${this.#lanes} lanes are taken`;
  }

  /**
   * While the server cannot be used, only one mail at a time probes it. Slow mails do not count:
   * they may be older, and wait for an answer about their recipient.
   */
  get #usableLanes(): number {
    return this.reachable ? this.#lanes : 1;
  }

  /**
   * Begins as many mails as possible and returns their number. They end in the background (see
   * `settled`).
   */
  async runOnce(): Promise<number> {
    this.#begun = 0;
    if (this.#stopping || this.pauseMs > 0) return 0;
    const lanes = this.#usableLanes;
    const limits = this.#attempts.limits(lanes);
    if (limits.most <= 0) return 0;
    const mails = await this.#options.claim(limits);
    this.#attempts.makeRoomFor(mails, lanes);
    for (const mail of mails) this.#begin(mail);
    this.#begun = mails.length;
    return mails.length;
  }

  /** Resolves when no mail is under way. */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  /** Later passes begin no mails. */
  stop(): void {
    this.#stopping = true;
  }

  #begin(mail: ClaimedMail): void {
    const attempt = this.#attempts.begin(mail);
    const work = this.#send(attempt).finally(() => {
      this.#attempts.end(attempt);
      this.#inFlight.delete(work);
      this.#options.onRoom();
    });
    this.#inFlight.add(work);
  }

  async #send(attempt: Attempt): Promise<void> {
    const { mail, hangUp } = attempt;
    const outcome = await this.#options.deliver(mail, hangUp);
    // A slow recipient says nothing about the server.
    if (!hangUp.done) this.#note(outcome);
    const slow = this.#attempts.isSlow(attempt);
    await this.#options.settle(mail, outcome.kind === 'deferred' ? { ...outcome, slow } : outcome);
  }

  #note(outcome: Outcome): void {
    if (outcome.kind === 'deferred') {
      // A recipient refused its mail after the pause. So all lanes can use the server again.
      if (this.pauseMs === 0) this.#unreached = 0;
      return;
    }
    if (outcome.kind !== 'unreachable') {
      this.#unreached = 0;
      this.#pausedUntil = 0;
      return;
    }
    // Attempts that were under way together fail for the same reason.
    if (this.pauseMs > 0 || this.#stopping) return;
    this.#unreached += 1;
    this.#unreachable = outcome.reason;
    const pauseMs = Math.min(backOffMs(this.#unreached), LONGEST_PAUSE_MS);
    this.#pausedUntil = this.#now() + pauseMs;
    this.#options.onUnreachable(outcome.reason, pauseMs);
  }
}
