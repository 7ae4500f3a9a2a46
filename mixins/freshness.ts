/**
 * How long a message may have been under way that arrives now, by this node's own clock. NATS
 * answers a ping in order with the messages of a connection. So what arrives now was sent on by
 * NATS after it got the last ping that it has answered. That bounds what a message waited in a node
 * that was frozen or busy, and in a NATS that was: one ping at a time is sent.
 */
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Pauses before the next ping, in milliseconds. At least so much is taken from the time of every
 * request. Pings were a seventh of the work of an idle system.
 */
const PAUSES = {
  /** While messages arrive, and after a ping without an answer. */
  busyMs: 100,
  /** While no message arrives. So much may be taken from the first request. */
  idleMs: 500,
};

export class Freshness {
  readonly #pauses: typeof PAUSES;
  readonly #ending = new AbortController();
  /** Whether a message arrived since the last pause began. */
  #isUsed = false;
  /** When the last ping that was answered was sent; at first, when the connection was begun. */
  #sentAt = performance.now();

  constructor(pauses = PAUSES) {
    this.#pauses = pauses;
  }

  /** Milliseconds. Read it once for each message. */
  get maxAgeMs(): number {
    this.#isUsed = true;
    return performance.now() - this.#sentAt;
  }

  /**
   * `ping` resolves with the answer, and rejects when the connection is lost; it goes on when there
   * is a new one.
   */
  async follow(ping: () => Promise<void>): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const sentAt = performance.now();
      const isAnswered = await ping().then(
        () => true,
        () => false,
      );
      if (isAnswered) this.#sentAt = sentAt;
      // After an outage, requests have no time left until the first answer.
      const { busyMs, idleMs } = this.#pauses;
      const pauseMs = this.#isUsed || !isAnswered ? busyMs : idleMs;
      this.#isUsed = false;
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  stop(): void {
    this.#ending.abort();
  }
}
