/**
 * The reconciliation (ANA-6): what services tell each other so that their data can be compared.
 * Every service that takes part has the internal actions `<service>.reconciliation.appended`,
 * `.published`, `.handled`, `.print`, `.facts` and `.check`; no route leads to them.
 *
 * A *fact* is what two services must agree about: that something was done, to whom. Both tell a set
 * of facts under the same name, each from its own tables, with keys and values written the same
 * way. Facts belong to groups (the thing that it was done to), and sets are ordered by group, byte
 * by byte, so that a range of groups means the same to both. Parts of keys and values are parted by
 * single spaces; only the last part of a value may hold some.
 */
import { line } from './params.ts';

/** Groups from `low` on (null: from the first), up to `high` without it (null: to the last). */
export interface GroupRange {
  readonly low: string | null;
  readonly high: string | null;
}

export interface Fact {
  readonly group: string;
  readonly key: string;
  /** Of what is replaced by something newer; null: it never changes. */
  readonly version: number | null;
  readonly value: string;
  /** What else this side can tell of it; not compared. */
  readonly extra: Readonly<Record<string, unknown>> | null;
}

/** What a range of facts comes to: equal prints stand for equal facts (60 bits of each fact's MD5, added up). */
export interface FactPrint {
  readonly count: number;
  readonly sum: string;
}

/** A print of the first groups from `low` on, up to `high` without it; null: of all of them. */
export interface FactPage extends FactPrint {
  readonly high: string | null;
}

/** Facts of whole groups, ordered by group; `next` is the first group that is left out for the limit, null: none is. */
export interface FactList {
  readonly facts: readonly Fact[];
  readonly next: string | null;
}

/** Something that should not be. What it is about stands in further fields. */
export interface Difference {
  /** What kind it is; stable, such as `charge_missing`. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  readonly [field: string]: unknown;
}

/** One step of what a service finds wrong within its own tables. */
export interface CheckPage {
  /** At most `MAX_CHECK_NAMED` of each kind. */
  readonly differences: readonly Difference[];
  /** How many of each kind it found, by their codes. */
  readonly counts: Readonly<Record<string, number>>;
  /** Where the next step begins; null: this was the last. */
  readonly next: string | null;
}

/** How far the outbox of a service has come. */
export interface Appended {
  /** Everything that was committed before the call stands up to here. */
  readonly position: number;
  /** The database's clock; ISO 8601. */
  readonly now: string;
}

/** Whether it has left up to that position; then a consumer that is up to `sequence` in `epoch` has handled all of it. */
export interface Published {
  readonly published: boolean;
  readonly epoch: number;
  readonly sequence: number;
}

/** Most differences of one kind that one step of a check names. */
export const MAX_CHECK_NAMED = 50;
/** Most facts in one answer: some 300 KB, well below what the broker carries in a message. */
export const MAX_FACTS = 2_000;
/** Most ranges that are asked for at once. */
export const MAX_RANGES = 200;

const integer = { type: 'number', integer: true, min: 0 } as const;
const group = { type: 'string', max: 500, nullable: true } as const;
/** ISO 8601; facts of the hour after it are left out (see `cutAt`). Null: none are. */
const at = { type: 'string', max: 40, nullable: true } as const;

/** Params of the internal actions. */
export const RECONCILIATION_PARAMS = {
  appended: { $$strict: true },
  published: { $$strict: true, position: integer },
  handled: { $$strict: true, stream: line(1, 100), epoch: integer, sequence: integer },
  print: {
    $$strict: true,
    set: line(1, 100),
    low: group,
    /** Either how far … */
    high: { ...group, optional: true },
    /** … or about how many facts. */
    limit: { type: 'number', integer: true, min: 1, max: 1_000_000, optional: true },
    at,
  },
  facts: {
    $$strict: true,
    set: line(1, 100),
    ranges: {
      type: 'array',
      min: 1,
      max: MAX_RANGES,
      items: { type: 'object', props: { low: group, high: group } },
    },
    at,
  },
  check: { $$strict: true, check: line(1, 100), after: group },
} as const;
