/** What a loop does item by item, and how one that it set aside is described. */
import type { Database, Tx } from '../database/database.ts';

/** An item of a loop, as its dead letter shows it. */
export interface LoopItem {
  /** Unique within the loop, and the same whenever the item is taken up, such as a payout's id. */
  readonly key: string;
  /** What it is, such as `mailer.payout`. */
  readonly type: string;
  /** `<thing>/<id>`. */
  readonly subject: string;
  /** What operators see of it and a redrive needs. As JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** To be called with the items that a pass has taken up, before it handles them. What it throws ends the pass. */
export type Took = (items: readonly LoopItem[]) => void;

/** What operators do with an item that a loop set aside. */
export type SettledWork = Pick<ItemWork, 'name' | 'redrive' | 'discard'>;

/** A loop's work in items. */
export interface ItemWork<Result = unknown> {
  /** `<service>-<loop>`: the `consumer` of its dead letters. */
  readonly name: string;
  readonly database: Database;
  /** The most items of one pass. */
  readonly most: number;
  /**
   * One transaction over at most `limit` items, those at the head of their queue. It leaves out what was set aside (`notSetAside`, or `skip`); with the
   * same queue, a lower limit takes the first of the same items. With a limit of 1 it calls `took`
   * before it waits for a lock of the item.
   */
  readonly pass: (limit: number, took: Took) => Promise<Result>;
  /**
   * Whether an item that fails alone, with an error that may pass, may wait while later ones go on.
   * Then `pass` takes only what `isDue`. Else such an item holds up its queue for about a minute,
   * and is set aside.
   */
  readonly canWait: boolean;
  /**
   * For a queue with a cursor: moves it behind an item, in the transaction that sets the item
   * aside. It must not wait for the item's own locks: another transaction may hold them for ever.
   */
  readonly skip?: (tx: Tx, item: LoopItem) => Promise<void>;
  /** Handles an item again, in the transaction that settles its letter. Throws what it failed with, or a `Problem`. */
  readonly redrive: (tx: Tx, item: LoopItem) => Promise<void>;
  /** Gives an item up, in the transaction that settles its letter. */
  readonly discard: (tx: Tx, item: LoopItem, reason: string) => Promise<void>;
}
