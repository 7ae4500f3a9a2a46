/**
 * Hands mails from the queue to the server: several mailboxes at a time, each mail with a lease on its mailbox, so that one node at a
 * time sends to it and its mails leave in order (MAIL-2). Knows neither the database nor SMTP: both are passed in. Pure but for that.
 */

import { backOffMs, type ClaimedMail, type ClaimLimits, type Outcome } from '../mails/mail.ts';
import { HangUp } from './hang-up.ts';

export interface SenderOptions {
  readonly claim: (limits: ClaimLimits) => Promise<readonly ClaimedMail[]>;
  /** Never throws. Its outcome is `deferred` where it was hung up on. */
  readonly deliver: (mail: ClaimedMail, hangUp: HangUp) => Promise<Outcome>;
  /** Writes down what came of an attempt, however long the database is away. Never throws. */
  readonly settle: (mail: ClaimedMail, outcome: Outcome) => Promise<void>;
  /** Called when there may be room, or reason, for another pass. */
  readonly onRoom: () => void;
  /** Told when the server can't be used, once for each pause. */
  readonly onUnreachable: (reason: string, pauseMs: number) => void;
  /** Mailboxes at a time. Default 8. */
  readonly lanes?: number;
  /** Milliseconds after which a mail gives up its lane. Default `SLOW_MS`; shorter for tests. */
  readonly slowMs?: number;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/** As many connections most servers grant one client. */
const DEFAULT_LANES = 8;
/** A mail that is under way for longer gives up its lane: a slow recipient delays no other one (MAIL-2). Milliseconds. */
const SLOW_MS = 5_000;
/**
 * Mails under way at once, for each lane. Where more wait, the sender hangs up on the oldest ones,
 * as a rule after 20 seconds (`SLOW_MS` for each). A pass may exceed this by its own mails, if
 * messages began to be transmitted during the claim. With the default lanes that makes 40 at most,
 * below the 50 connections that Postfix grants a client.
 */
const MOST_PER_LANE = 4;
/** A server that is back is noticed within this many milliseconds; a look costs one connection. */
const LONGEST_PAUSE_MS = 30_000;

interface UnderWay {
  readonly mail: ClaimedMail;
  /** Milliseconds of the sender's clock. */
  readonly begunAt: number;
  readonly hangUp: HangUp;
}

export class Sender {
  readonly #options: SenderOptions;
  readonly #lanes: number;
  readonly #slowMs: number;
  readonly #now: () => number;
  readonly #inFlight = new Map<Promise<void>, UnderWay>();
  /** Attempts in a row that did not reach the server. */
  #unreached = 0;
  #pausedUntil = 0;
  /** Why the last attempt did not reach the server. */
  #unreachable = '';
  /** Mails with which the last pass has begun. */
  #begun = 0;
  #stopping = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#lanes = options.lanes ?? DEFAULT_LANES;
    this.#slowMs = options.slowMs ?? SLOW_MS;
    this.#now = options.now ?? Date.now;
  }

  /** Of what is under way. */
  get leases(): readonly string[] {
    return [...this.#inFlight.values()].map(({ mail }) => mail.lease);
  }

  /** Milliseconds until the server is tried again; 0: it may be used. */
  get pauseMs(): number {
    return Math.max(0, this.#pausedUntil - this.#now());
  }

  /** Whether the last attempt reached the server. */
  get reachable(): boolean {
    return this.#unreached === 0;
  }

  /** Why nothing can be sent now; null where mails can be sent, or the last pass has begun with some. */
  get obstacle(): string | null {
    if (!this.reachable) return `The mail server can't be used: ${this.#unreachable}`;
    // A pass that begins with a mail has found a lane free: also where it takes the last one, mails are sent.
    if (this.#begun > 0 || this.#room > 0) return null;
    return `All ${this.#lanes} lanes are taken`;
  }

  /**
   * While the server can't be used, one mail looks after it for all. Slow ones take no lane then
   * either: they may be from before, and wait for an answer about their recipient.
   */
  get #usableLanes(): number {
    return this.reachable ? this.#lanes : 1;
  }

  /** What holds a place at the server, the oldest first. */
  get #underWay(): readonly UnderWay[] {
    return [...this.#inFlight.values()].filter(({ hangUp }) => !hangUp.done);
  }

  #isSlow({ begunAt }: UnderWay): boolean {
    return begunAt <= this.#now() - this.#slowMs;
  }

  /**
   * What the sender may hang up on, the oldest first. A failing mailbox has all the time that the
   * client allows: otherwise no mail would ever be sent where a server is always slow.
   */
  get #dispensable(): readonly UnderWay[] {
    return this.#underWay.filter((each) => this.#isSlow(each) && !each.mail.failing && each.hangUp.possible);
  }

  /** Mails that may be under way beyond those that are; below zero: there are too many. */
  get #freePlaces(): number {
    return MOST_PER_LANE * this.#lanes - this.#underWay.length;
  }

  /** Mails that may be begun with now; zero or less: none. */
  get #room(): number {
    const quick = this.#underWay.filter((each) => !this.#isSlow(each)).length;
    return Math.min(this.#usableLanes - quick, this.#freePlaces + this.#dispensable.length);
  }

  /** Begins with as many mails as there is room for. Returns how many; they end by themselves (`settled`). */
  async runOnce(): Promise<number> {
    this.#begun = 0;
    if (this.#stopping || this.pauseMs > 0) return 0;
    const most = this.#room;
    if (most <= 0) return 0;
    // What fails may be slow at it: half of the lanes stay free for mailboxes that go well.
    const failing = this.#underWay.filter(({ mail }) => mail.failing).length;
    const mostFailing = Math.max(0, Math.ceil(this.#usableLanes / 2) - failing);
    const mails = await this.#options.claim({ most, mostFailing });
    this.#makeRoomFor(mails.length);
    for (const mail of mails) this.#begin(mail);
    this.#begun = mails.length;
    return mails.length;
  }

  #makeRoomFor(mails: number): void {
    const missing = Math.max(0, mails - this.#freePlaces);
    for (const { hangUp, begunAt } of this.#dispensable.slice(0, missing)) {
      const seconds = Math.round((this.#now() - begunAt) / 1_000);
      hangUp.now(`slow_recipient: hung up after ${seconds} s, because other mails waited`);
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight.keys());
  }

  /** No pass begins anything any more. */
  stop(): void {
    this.#stopping = true;
  }

  #begin(mail: ClaimedMail): void {
    const hangUp = new HangUp();
    const work = this.#send(mail, hangUp).finally(() => {
      this.#inFlight.delete(work);
      this.#options.onRoom();
    });
    this.#inFlight.set(work, { mail, begunAt: this.#now(), hangUp });
  }

  async #send(mail: ClaimedMail, hangUp: HangUp): Promise<void> {
    const outcome = await this.#options.deliver(mail, hangUp);
    // Silence says nothing of the server.
    if (!hangUp.done) this.#note(outcome);
    await this.#options.settle(mail, outcome);
  }

  #note(outcome: Outcome): void {
    if (outcome.kind === 'deferred') {
      // Refused by its recipient after a pause: the server can be used again, by all lanes.
      if (this.pauseMs === 0) this.#unreached = 0;
      return;
    }
    if (outcome.kind !== 'unreachable') {
      this.#unreached = 0;
      this.#pausedUntil = 0;
      return;
    }
    // Those that were under way together say the same thing.
    if (this.pauseMs > 0 || this.#stopping) return;
    this.#unreached += 1;
    this.#unreachable = outcome.reason;
    const pauseMs = Math.min(backOffMs(this.#unreached), LONGEST_PAUSE_MS);
    this.#pausedUntil = this.#now() + pauseMs;
    this.#options.onUnreachable(outcome.reason, pauseMs);
  }
}
