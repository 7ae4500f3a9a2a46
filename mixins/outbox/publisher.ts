/**
 * Publishes to JetStream with many messages in flight. One subscription receives all
 * acknowledgements, and one timer checks all deadlines. The client's own publish makes a promise
 * and a timer for each message, which costs more than the publishing.
 */
import { createInbox, ErrorCode, type Msg, type MsgHdrs, NatsError, type Subscription } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { HEADERS_TOO_LARGE, MESSAGE_TOO_LARGE } from '#mixins/bus/error-codes.ts';

export interface Outgoing {
  readonly subject: string;
  /**
   * After a failure, no further message of the same lane is sent: it would overtake the failed one.
   */
  readonly lane: string;
  readonly headers: MsgHdrs;
  readonly payload: Uint8Array;
}

export type Outcome =
  | { readonly state: 'stored'; readonly sequence: number; readonly duplicate: boolean }
  /** The broker will never take this message. */
  | { readonly state: 'refused'; readonly reason: string }
  /**
   * Not taken now, or no answer: it may be stored all the same. Send it again under the same id.
   */
  | { readonly state: 'unknown'; readonly reason: string; readonly missing: boolean }
  /** Not tried. */
  | { readonly state: 'unsent' };

/** Messages without an acknowledgement. A higher number does not raise the rate (measured). */
const IN_FLIGHT = 256;
/**
 * A later answer counts as lost, in milliseconds. A server that was killed is back after about two
 * seconds.
 */
const ACK_MS = 2_000;
/** Interval between two checks of deadlines, in milliseconds. */
const TICK_MS = 100;

/**
 * Errors of the server that no repetition changes: the message is too large, or its headers are.
 */
const PERMANENT: ReadonlySet<number> = new Set([MESSAGE_TOO_LARGE, HEADERS_TOO_LARGE]);
/** Likewise, errors that the client finds. */
const PERMANENT_CODES: ReadonlySet<string> = new Set([
  ErrorCode.MaxPayloadExceeded,
  ErrorCode.BadSubject,
  ErrorCode.BadHeader,
]);

const UNSENT: Outcome = { state: 'unsent' };

/** Follows the messages of a call, by their indexes. */
export interface PublishWatch {
  /** Called right before the message is sent. */
  sent(index: number): void;
  /** Also for messages that could not be sent. */
  settled(index: number, outcome: Outcome): void;
}

interface Ack {
  readonly stream?: string;
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description?: string };
}

/** `close` ends its subscription. */
export class Publisher {
  readonly #bus: Bus;
  readonly #prefix: string;
  readonly #subscription: Subscription;
  #counter = 0;
  #onAck: (token: number, outcome: Outcome) => void = () => {};

  /** Needs a bus that was started. */
  constructor(bus: Bus) {
    this.#bus = bus;
    this.#prefix = `${createInbox(bus.inboxPrefix)}.`;
    this.#subscription = bus.connection.subscribe(`${this.#prefix}*`, {
      callback: (error, message) => {
        if (error === null) this.#onAck(Number(message.subject.slice(this.#prefix.length)), readAck(message));
      },
    });
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  /**
   * Publishes in order. Resolves with one outcome for each message, at most two seconds after
   * `sendUntil` (milliseconds of `performance.now()`), when it ceases to send. One call at a time.
   */
  async publish(messages: readonly Outgoing[], sendUntil: number, watch?: PublishWatch): Promise<Outcome[]> {
    const outcomes: Outcome[] = messages.map(() => UNSENT);
    /** Deadline of each message in flight, by its index, in the order of sending. */
    const flying = new Map<number, number>();
    const stopped = new Set<string>();
    const base = this.#counter;
    this.#counter += messages.length;
    let next = 0;
    let finish = () => {};

    const settle = (index: number, outcome: Outcome) => {
      outcomes[index] = outcome;
      watch?.settled(index, outcome);
      if (outcome.state === 'unknown') stopped.add(messages[index]?.lane ?? '');
    };
    const fill = () => {
      if (flying.size <= IN_FLIGHT / 2) {
        // The clock is read for each message: after a freeze of the process, sending must end.
        for (let now = 0; next < messages.length && flying.size < IN_FLIGHT; ) {
          now = performance.now();
          if (now >= sendUntil) break;
          const index = next++;
          const message = messages[index];
          if (message === undefined || stopped.has(message.lane)) continue;
          watch?.sent(index);
          const failure = this.#send(message, base + index);
          if (failure === null) flying.set(index, now + ACK_MS);
          else settle(index, failure);
        }
      }
      if (flying.size === 0 && (next >= messages.length || performance.now() >= sendUntil)) finish();
    };

    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const now = performance.now();
        for (const [index, giveUpAt] of flying) {
          if (this.#bus.connected && giveUpAt > now) break;
          flying.delete(index);
          settle(index, {
            state: 'unknown',
            reason: this.#bus.connected
              ? `no acknowledgement within ${ACK_MS} ms`
              : 'the connection was lost',
            missing: false,
          });
        }
        fill();
      }, TICK_MS);
      finish = () => {
        clearInterval(timer);
        this.#onAck = () => {};
        resolve();
      };
      this.#onAck = (token, outcome) => {
        // A late answer to an earlier call has another token.
        if (!flying.delete(token - base)) return;
        settle(token - base, outcome);
        fill();
      };
      fill();
    });
    return outcomes;
  }

  #send(message: Outgoing, token: number): Outcome | null {
    try {
      this.#bus.connection.publish(message.subject, message.payload, {
        reply: `${this.#prefix}${token}`,
        headers: message.headers,
      });
      return null;
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      if (PERMANENT_CODES.has(error.code)) return { state: 'refused', reason: error.code };
      return { state: 'unknown', reason: error.message, missing: false };
    }
  }
}

function readAck(message: Msg): Outcome {
  if (message.data.length === 0) {
    // "No responders": there is no stream for the subject, or no JetStream.
    return { state: 'unknown', reason: 'no stream takes it', missing: true };
  }
  const { seq, duplicate, error } = message.json<Ack>();
  if (error !== undefined) {
    const reason = `${error.description ?? 'refused'} (${error.err_code ?? error.code})`;
    if (PERMANENT.has(error.err_code ?? 0)) return { state: 'refused', reason };
    return { state: 'unknown', reason, missing: false };
  }
  if (seq === undefined) return { state: 'unknown', reason: 'an answer that is none', missing: false };
  return { state: 'stored', sequence: seq, duplicate: duplicate === true };
}
