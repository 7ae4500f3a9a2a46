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
/** Abandoned mails at once. One of them may kill the process, and one at a time shows which. */
const MOST_ABANDONED = 1;

/**
 * Kinds of mailboxes with few connections of their own. The sender hangs up on one of them for
 * another of the same kind.
 */
type Confined = 'slow' | 'abandoned';

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

  /** Whether an attempt has freed its lane. */
  isSlow({ begunAt }: Attempt): boolean {
    return begunAt <= this.#now() - this.#slowMs;
  }

  /** Number of mails that may begin now; none if zero or less. Slow mails take no lane. */
  room(usableLanes: number): number {
    return Math.min(usableLanes - this.#quick.length, this.#freePlaces + this.#dispensable.length);
  }

  /**
   * Half of the lanes stay free for mailboxes that do not fail. Half of the rest stays free for
   * mailboxes that were refused at once.
   */
  limits(usableLanes: number): ClaimLimits {
    const failing = this.#quick.filter(({ mail }) => mail.lastFailure !== 'none').length;
    const slow = ofKind('slow', this.#quick).length;
    const slowLanes = Math.ceil(usableLanes / 4) - slow;
    const roomOf = (kind: Confined) =>
      this.#freePlacesOf(kind, usableLanes) + ofKind(kind, this.#dispensable).length;
    return {
      most: this.room(usableLanes),
      mostFailing: Math.max(0, Math.ceil(usableLanes / 2) - failing),
      mostSlow: Math.max(0, Math.min(slowLanes, roomOf('slow'))),
      mostAbandoned: Math.max(0, roomOf('abandoned')),
    };
  }

  /** Hangs up on attempts until there are connections for these mails. */
  makeRoomFor(mails: readonly ClaimedMail[], usableLanes: number): void {
    for (const kind of ['slow', 'abandoned'] as const) {
      const begun = mails.filter(({ lastFailure }) => lastFailure === kind).length;
      const missing = Math.min(begun, begun - this.#freePlacesOf(kind, usableLanes));
      this.#hangUp(ofKind(kind, this.#dispensable), missing);
    }
    this.#hangUp(this.#dispensable, mails.length - this.#freePlaces);
  }

  #hangUp(attempts: readonly Attempt[], count: number): void {
    for (const { hangUp, begunAt } of attempts.slice(0, Math.max(0, count))) {
      const seconds = Math.round((this.#now() - begunAt) / 1_000);
      hangUp.now(`slow_recipient: hung up after ${seconds} s, because other mails waited`);
    }
  }

  /** Attempts that occupy a connection to the server, oldest first. */
  get #connected(): readonly Attempt[] {
    return [...this.#underWay].filter(({ hangUp }) => !hangUp.done);
  }

  /** Attempts that occupy a lane. */
  get #quick(): readonly Attempt[] {
    return this.#connected.filter((each) => !this.isSlow(each));
  }

  /**
   * Attempts on which the sender may hang up, oldest first. The oldest ones at slow mailboxes get
   * all the time that the client allows. Otherwise a server that is always slow would never get a
   * mail.
   */
  get #dispensable(): readonly Attempt[] {
    const possible = this.#connected.filter((each) => this.isSlow(each) && each.hangUp.possible);
    const patient = ofKind('slow', possible).slice(0, Math.ceil(this.#lanes / 2));
    return possible.filter((each) => !patient.includes(each));
  }

  /** Additional mails that may be under way. Below zero there are too many. */
  get #freePlaces(): number {
    return MOST_PER_LANE * this.#lanes - this.#connected.length;
  }

  /** The same for one kind. While one lane probes the server, one slow mailbox is enough. */
  #freePlacesOf(kind: Confined, usableLanes: number): number {
    const places = kind === 'slow' ? usableLanes : MOST_ABANDONED;
    return places - ofKind(kind, this.#connected).length;
  }
}

function ofKind(kind: Confined, attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.filter(({ mail }) => mail.lastFailure === kind);
}
