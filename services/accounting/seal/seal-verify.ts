/** What verifying the seal of the journal finds (ACC-8), and how the heads of days are held against the chain. */
import type { BusinessDay } from '#mixins/calendar.ts';
import { GENESIS } from './seal.ts';

/** A head that was told: by the row of a closed day, or by the event of its close. */
export interface ToldHead {
  readonly day: BusinessDay;
  /** In hex. */
  readonly head: string;
  readonly entries: number;
}

export type Finding =
  /** A posting is not what was sealed, is not there any more, or was added behind the seal. */
  | { readonly kind: 'changed' | 'removed' | 'added'; readonly position: number; readonly block: number }
  /** What stands behind all positions that were drawn, where no block ever comes; a position may be too big for a number. */
  | { readonly kind: 'undrawn'; readonly position: string }
  /** The entries of a posting do not sum to zero. */
  | { readonly kind: 'unbalanced'; readonly position: number }
  /** A block of the seal is not what its hash is over, or does not go on from the block before it. */
  | { readonly kind: 'block-changed'; readonly block: number; readonly first: number; readonly last: number }
  | { readonly kind: 'blocks-removed'; readonly from: number; readonly to: number }
  /** A block with a number that is in no chain; it may be too big for a number. */
  | { readonly kind: 'block-stray'; readonly block: string }
  /** The head that a day was closed or published with is not in the chain. */
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
  /** A day was published as closed, and is not closed in the books. */
  | { readonly kind: 'day-not-closed'; readonly day: BusinessDay }
  /** Entries of a day were sealed after its head, or not at all. */
  | { readonly kind: 'day-beyond-head'; readonly day: BusinessDay }
  | { readonly kind: 'day-entries'; readonly day: BusinessDay; readonly told: number; readonly found: number }
  | {
      readonly kind: 'balance';
      readonly account: string;
      readonly balance: string | null;
      readonly sum: string;
    };

/** What can be told of a posting, for a person. */
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
  /** In order of position, then what is wrong with days and balances; no more than a person reads. */
  readonly findings: readonly Finding[];
  /** How many there are in all. */
  readonly found: number;
  /** The posting of the first finding, where it is one of a posting that is there. */
  readonly shown: ShownPosting | undefined;
  readonly postings: number;
  readonly entries: number;
  readonly blocks: number;
  /** Postings that no block covers yet. */
  readonly unsealed: number;
  /** Sum of all entries in minor units: zero. */
  readonly total: bigint;
  readonly accounts: number;
  /** The end of the chain, in hex. */
  readonly head: string;
  readonly days: readonly (ToldHead & { readonly block: number | undefined; readonly published: boolean })[];
  readonly ms: number;
}

/** What was found of a day. */
interface DayFound {
  entries: number;
  /** The last block with an entry of it; infinite where one is not sealed. */
  lastBlock: number;
}

/** Follows the chain for the heads that were told; holds a few numbers a day, however long the journal is. */
export class Heads {
  readonly #closed: readonly ToldHead[];
  readonly #published: readonly ToldHead[];
  /** Number of the block by its hash, for those that were told. */
  readonly #blocks = new Map<string, number>();
  readonly #told: ReadonlySet<string>;
  readonly #days = new Map<BusinessDay, DayFound>();

  constructor(closed: readonly ToldHead[], published: readonly ToldHead[]) {
    this.#closed = closed;
    this.#published = published;
    this.#told = new Set([...closed, ...published].map(({ head }) => head));
    this.block(0, GENESIS);
  }

  block(number: number, hash: Buffer): void {
    const head = hash.toString('hex');
    if (this.#told.has(head)) this.#blocks.set(head, number);
  }

  /** Entries of a day in a block; `block` is infinite for what is not sealed. */
  entries(day: BusinessDay, count: number, block: number): void {
    const found = this.#days.get(day) ?? { entries: 0, lastBlock: 0 };
    this.#days.set(day, { entries: found.entries + count, lastBlock: Math.max(found.lastBlock, block) });
  }

  /** The block that a day was closed with. */
  blockOf({ head }: ToldHead): number | undefined {
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

  *#ofClosed(closed: ToldHead): Generator<Finding> {
    const { day, head, entries: told } = closed;
    const { entries: found, lastBlock } = this.#days.get(day) ?? { entries: 0, lastBlock: 0 };
    const block = this.blockOf(closed);
    if (block === undefined) yield { kind: 'head-unknown', day, head, published: false };
    else if (block < lastBlock) yield { kind: 'day-beyond-head', day };
    if (told !== found) yield { kind: 'day-entries', day, told, found };
  }
}
