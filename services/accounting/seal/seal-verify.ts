/**
 * The findings of verifying the journal's seal (ACC-8), and the comparison of the days' heads with
 * the chain.
 */
import type { BusinessDay } from '#mixins/calendar.ts';
import { GENESIS } from './seal.ts';

/** A recorded head: from the row of a closed day, or from the event of its close. */
export interface RecordedHead {
  readonly day: BusinessDay;
  /** In hex. */
  readonly head: string;
  readonly entries: number;
}

export type Finding =
  /** A posting was changed after it was sealed, was removed, or was added to the sealed part. */
  | { readonly kind: 'changed' | 'removed' | 'added'; readonly position: number; readonly block: number }
  /**
   * A posting after all drawn positions, where no block can cover it. Its position may be too large
   * for a number.
   */
  | { readonly kind: 'undrawn'; readonly position: string }
  /** The entries of a posting do not sum to zero. */
  | { readonly kind: 'unbalanced'; readonly position: number }
  /** A block of the seal does not match its hash, or does not continue the block before it. */
  | { readonly kind: 'block-changed'; readonly block: number; readonly first: number; readonly last: number }
  | { readonly kind: 'blocks-removed'; readonly from: number; readonly to: number }
  /** A block with a number that no chain can contain. It may be too large for a number. */
  | { readonly kind: 'block-stray'; readonly block: string }
  /** The head with which a day was closed or published is not in the chain. */
  | {
      readonly kind: 'head-unknown';
      readonly day: BusinessDay;
      readonly head: string;
      readonly published: boolean;
    }
  | {
      readonly kind: 'head-differs';
      readonly day: BusinessDay;
      readonly head: string;
      readonly published: string;
    }
  /** A day was published as closed, but is not closed in the books. */
  | { readonly kind: 'day-not-closed'; readonly day: BusinessDay }
  /** Entries of a day were sealed after its head, or are not sealed. */
  | { readonly kind: 'day-beyond-head'; readonly day: BusinessDay }
  | {
      readonly kind: 'day-entries';
      readonly day: BusinessDay;
      readonly recorded: number;
      readonly found: number;
    }
  | {
      readonly kind: 'balance';
      readonly account: string;
      readonly balance: string | null;
      readonly sum: string;
    };

/** A posting, as it is shown to a person. */
export interface ShownPosting {
  readonly publicId: string;
  readonly key: string;
  readonly kind: string;
  readonly title: string | null;
  readonly businessDay: BusinessDay;
  readonly postedAt: string;
  readonly legs: readonly { readonly account: string; readonly amount: string }[];
}

export interface Verification {
  /** In order of position, then those of days and balances. At most as many as a person reads. */
  readonly findings: readonly Finding[];
  /** The number of all findings. */
  readonly found: number;
  /** The posting of the first finding, if that finding is about an existing posting. */
  readonly shown: ShownPosting | undefined;
  readonly postings: number;
  readonly entries: number;
  readonly blocks: number;
  /** Postings that no block covers yet. */
  readonly unsealed: number;
  /** Sum of all entries in minor units; it should be zero. */
  readonly total: bigint;
  readonly accounts: number;
  /** The end of the chain, in hex. */
  readonly head: string;
  readonly days: readonly (RecordedHead & {
    readonly block: number | undefined;
    readonly published: boolean;
  })[];
  readonly ms: number;
}

/** What the journal contains of a day. */
interface DayFound {
  entries: number;
  /** The last block that contains an entry of the day; infinite if an entry is not sealed. */
  lastBlock: number;
}

/**
 * Finds the recorded heads in the chain. It keeps a few numbers for each day, however long the
 * journal is.
 */
export class Heads {
  readonly #closed: readonly RecordedHead[];
  readonly #published: readonly RecordedHead[];
  /** The number of the block by its hash, for the recorded heads. */
  readonly #blocks = new Map<string, number>();
  readonly #recorded: ReadonlySet<string>;
  readonly #days = new Map<BusinessDay, DayFound>();

  constructor(closed: readonly RecordedHead[], published: readonly RecordedHead[]) {
    this.#closed = closed;
    this.#published = published;
    this.#recorded = new Set([...closed, ...published].map(({ head }) => head));
    this.block(0, GENESIS);
  }

  block(number: number, hash: Buffer): void {
    const head = hash.toString('hex');
    if (this.#recorded.has(head)) this.#blocks.set(head, number);
  }

  /** Adds entries of a day in a block. `block` is infinite for unsealed entries. */
  entries(day: BusinessDay, count: number, block: number): void {
    const found = this.#days.get(day) ?? { entries: 0, lastBlock: 0 };
    this.#days.set(day, { entries: found.entries + count, lastBlock: Math.max(found.lastBlock, block) });
  }

  /** The block with whose hash a day was closed. */
  blockOf({ head }: RecordedHead): number | undefined {
    return this.#blocks.get(head);
  }

  *findings(): Generator<Finding> {
    for (const closed of this.#closed) yield* this.#ofClosed(closed);
    const byDay = new Map(this.#closed.map((closed) => [closed.day, closed]));
    for (const { day, head } of this.#published) {
      const closed = byDay.get(day);
      if (closed === undefined) yield { kind: 'day-not-closed', day };
      else if (closed.head !== head) yield { kind: 'head-differs', day, head: closed.head, published: head };
      if (!this.#blocks.has(head)) yield { kind: 'head-unknown', day, head, published: true };
    }
  }

  *#ofClosed(closed: RecordedHead): Generator<Finding> {
    const { day, head, entries: recorded } = closed;
    const { entries: found, lastBlock } = this.#days.get(day) ?? { entries: 0, lastBlock: 0 };
    const block = this.blockOf(closed);
    if (block === undefined) yield { kind: 'head-unknown', day, head, published: false };
    else if (block < lastBlock) yield { kind: 'day-beyond-head', day };
    if (recorded !== found) yield { kind: 'day-entries', day, recorded, found };
  }
}
