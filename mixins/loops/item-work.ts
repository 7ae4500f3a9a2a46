/** The work of a loop that handles items, and the form of an item in its dead letter. */
import type { Database, Tx } from '#mixins/database/database.ts';

/** An item of a loop, as its dead letter shows it. */
export interface LoopItem {
  /** Unique within the loop, and the same at every attempt, such as an invoice's id. */
  readonly key: string;
  /** The kind of item, such as `billing.invoice`. */
  readonly type: string;
  /** `<thing>/<id>`. */
  readonly subject: string;
  /** For operators and for a redrive. It must be valid JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * A pass calls this with the items that it has taken, before it handles them. An error ends the
 * pass.
 */
export type Took = (items: readonly LoopItem[]) => void;

/** The operations of operators on an item's dead letter. */
export type SettledWork = Pick<ItemWork, 'name' | 'redrive' | 'discard'>;

/** The work of a loop that handles items. */
export interface ItemWork<Result = unknown> {
  /** `<service>-<loop>`: the `consumer` of its dead letters. */
  readonly name: string;
  readonly database: Database;
  /** The most items of one pass. */
  readonly most: number;
  /**
   * One transaction over at most `limit` items at the head of their queue, without those that have
   * a dead letter (`notDeadLettered`, or `skip`). A lower limit takes the first of the same items.
   * With a limit of 1 it calls `took` before it waits for a lock of the item.
   */
  readonly pass: (limit: number, took: Took) => Promise<Result>;
  /**
   * Whether later items may overtake one that fails alone with a temporary error. Then `pass` takes
   * only items that are due (`isDue`). Otherwise such an item delays its queue for about a minute,
   * and then becomes a dead letter.
   */
  readonly canWait: boolean;
  /**
   * For a queue with a cursor: moves it behind an item, in the transaction that dead-letters the
   * item. It must not wait for the item's own locks: another transaction may keep them for ever.
   */
  readonly skip?: (tx: Tx, item: LoopItem) => Promise<void>;
  /**
   * Handles an item again, in the transaction that settles its dead letter. Throws its error, or a
   * `Problem`.
   */
  readonly redrive: (tx: Tx, item: LoopItem) => Promise<void>;
  /** Gives an item up, in the transaction that settles its dead letter. */
  readonly discard: (tx: Tx, item: LoopItem, reason: string) => Promise<void>;
}
