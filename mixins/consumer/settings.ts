/** The bounds that every consumer works within. Services leave them alone; tests shorten them. */

export interface ConsumerSettings {
  /** After how many milliseconds without acknowledgement the broker delivers again, 1,000..60,000. Default 10,000. */
  readonly ackWaitMs: number;
  /** Longest that one transaction of a batch may take, in milliseconds; below `ackWaitMs`. Default 8,000. What takes longer is rolled back and retried. */
  readonly batchDeadlineMs: number;
  /** Unacknowledged messages the durable may have out, with all nodes and delayed retries. Default 50,000: at the broker's 1,000 a thousand delayed events starve all others (measured). */
  readonly maxAckPending: number;
  /** For how many milliseconds a node retries a failed batch by itself before it gives it back. Default 5,000. */
  readonly retryForMs: number;
  /** Delay of what is given back after retries, in milliseconds, at least 100: nats-server 2.9.10 takes 10 for the whole acknowledgement time (measured). Default 1,000. */
  readonly giveBackDelayMs: number;
  /** Longest delay between deliveries of one event that can't be handled yet (unknown fingerprint, lone retry), in milliseconds. Default 60,000. */
  readonly maxDelayMs: number;
  /** Deliveries after which an event is set aside whose schema the registry, which answers, does not have. Default 20: with growing delays a quarter of an hour. */
  readonly maxUnreadableDeliveries: number;
  /** An event delivered more often than this is handled alone. Default 3: fewer would slow down after any restart, more would let a killer take longer. */
  readonly loneAfterDeliveries: number;
  /** Lone attempts after which an event that left no trace of an end is set aside: it kills the process. Default 3. */
  readonly maxLoneAttempts: number;
  /** Unique violations in a row that a batch, and then an event alone, may meet before it counts as a bug. Default 5. */
  readonly maxUniqueViolations: number;
  /** Events a consumer may set aside within a minute, over all nodes; the next one stops it. Default 100: that is a bug, not poison. */
  readonly maxSetAsidePerMinute: number;
  /** A consumer with pending messages that received nothing for this long gets a new subscription, in milliseconds. Default 10,000. */
  readonly watchdogMs: number;
  /** How long a pull request stays at the broker, in milliseconds, at least 1,000. Default 5,000: bounds how long a lost one goes unnoticed. */
  readonly pullExpiresMs: number;
  /** A consumer that stopped itself calls itself to mind after this many milliseconds, again and again. Default 600,000: often enough not to be forgotten, seldom enough to be read. */
  readonly remindEveryMs: number;
  /** How long a stop waits for the batch in hand, in milliseconds. Default 8,000: below the broker's shutdown time-out of Moleculer. */
  readonly stopWithinMs: number;
}

export const DEFAULT_SETTINGS: ConsumerSettings = {
  ackWaitMs: 10_000,
  batchDeadlineMs: 8_000,
  maxAckPending: 50_000,
  retryForMs: 5_000,
  giveBackDelayMs: 1_000,
  maxDelayMs: 60_000,
  maxUnreadableDeliveries: 20,
  loneAfterDeliveries: 3,
  maxLoneAttempts: 3,
  maxUniqueViolations: 5,
  maxSetAsidePerMinute: 100,
  watchdogMs: 10_000,
  pullExpiresMs: 5_000,
  remindEveryMs: 600_000,
  stopWithinMs: 8_000,
};

/** Events in a batch where the definition says nothing: beyond that the rate no longer rises (measured). */
export const DEFAULT_BATCH_SIZE = 500;
/** Milliseconds that a batch gathers where the definition says nothing. */
export const DEFAULT_LINGER_MS = 5;
/** First delay of a back-off, in milliseconds; it doubles. */
export const FIRST_BACK_OFF_MS = 50;
/** Longest delay between two tries of the same node, in milliseconds. */
export const MAX_BACK_OFF_MS = 1_000;
