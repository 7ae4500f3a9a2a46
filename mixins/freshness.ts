/**
 * How long a message may have been under way that arrives now, by this node's own clock. NATS
 * answers a ping in order with the messages of a connection. So what arrives now was sent on by
 * NATS after it got the last ping that it has answered. That bounds what a message waited in a node
 * that was frozen or busy, and in a NATS that was: one ping at a time is sent.
 */
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Pause between an answer and the next ping, in milliseconds: so much at least is taken from the
 * time of every request.
 */
const PING_EVERY_MS = 100;

export class Freshness {
  readonly #ending = new AbortController();
  /** When the last ping that was answered was sent; at first, when the connection was begun. */
  #sentAt = performance.now();

  /** Milliseconds. */
  get maxAgeMs(): number {
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
      await ping().then(
        () => {
          this.#sentAt = sentAt;
        },
        () => undefined,
      );
      await delay(PING_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  stop(): void {
    this.#ending.abort();
  }
}
