/**
 * The attempts under way: how many more may begin, and which ones are hung up on for them. Pure,
 * except for the clock, which is passed in.
 */

import type { ClaimedMail, ClaimLimits } from '../mails/mail.ts';
import { HangUp } from './hang-up.ts';

/**
 * Mails under way at once, for each lane. If more wait, the sender hangs up on the oldest ones,
 * usually after 20 seconds (`SLOW_MS` for each). A pass may exceed this by its own mails if
 * messages began to be transmitted during the claim. With the default lanes that makes at most 40,
 * below the 50 connections that Postfix grants a client.
 */
const MOST_PER_LANE = 4;

export interface Attempt {
  readonly mail: ClaimedMail;
  /** Milliseconds of the sender's clock. */
  readonly begunAt: number;
  readonly hangUp: HangUp;
}

export class Attempts {
  readonly #lanes: number;
  readonly #slowMs: number;
  readonly #now: () => number;
  /** Oldest first. */
  readonly #underWay = new Set<Attempt>();

  constructor(lanes: number, slowMs: number, now: () => number) {
    this.#lanes = lanes;
    this.#slowMs = slowMs;
    this.#now = now;
  }

  /** The leases of mails under way. */
  get leases(): readonly string[] {
    return [...this.#underWay].map(({ mail }) => mail.lease);
  }

  begin(mail: ClaimedMail): Attempt {
    const attempt = { mail, begunAt: this.#now(), hangUp: new HangUp() };
    this.#underWay.add(attempt);
    return attempt;
  }

  end(attempt: Attempt): void {
    this.#underWay.delete(attempt);
  }

  /** Number of mails that may begin now; none if zero or less. Slow mails take no lane. */
  room(usableLanes: number): number {
    const quick = this.#connected.filter((each) => !this.#isSlow(each)).length;
    return Math.min(usableLanes - quick, this.#freePlaces + this.#dispensable.length);
  }

  limits(usableLanes: number): ClaimLimits {
    // Failing mailboxes may be slow. Half of the lanes stay free for the others.
    const failing = this.#connected.filter(({ mail }) => mail.failing).length;
    return {
      most: this.room(usableLanes),
      mostFailing: Math.max(0, Math.ceil(usableLanes / 2) - failing),
    };
  }

  /** Hangs up on attempts until there are connections for these mails. */
  makeRoomFor(mails: readonly ClaimedMail[]): void {
    const missing = Math.max(0, mails.length - this.#freePlaces);
    for (const { hangUp, begunAt } of this.#dispensable.slice(0, missing)) {
      const seconds = Math.round((this.#now() - begunAt) / 1_000);
      hangUp.now(`slow_recipient: hung up after ${seconds} s, because other mails waited`);
    }
  }

  /** Attempts that occupy a connection to the server, oldest first. */
  get #connected(): readonly Attempt[] {
    return [...this.#underWay].filter(({ hangUp }) => !hangUp.done);
  }

  #isSlow({ begunAt }: Attempt): boolean {
    return begunAt <= this.#now() - this.#slowMs;
  }

  /**
   * Attempts on which the sender may hang up, oldest first. A failing mailbox gets all the time
   * that the client allows. Otherwise a server that is always slow would never get a mail.
   */
  get #dispensable(): readonly Attempt[] {
    return this.#connected.filter((each) => this.#isSlow(each) && !each.mail.failing && each.hangUp.possible);
  }

  /** Additional mails that may be under way. Below zero there are too many. */
  get #freePlaces(): number {
    return MOST_PER_LANE * this.#lanes - this.#connected.length;
  }
}
