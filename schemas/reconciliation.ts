/**
 * The reconciliation (ANA-6): the data that participants exchange so that they can be compared.
 * Every participant has the internal actions `<service>.reconciliation.appended`, `.published`,
 * `.handled`, `.print` (a checksum), `.facts` and `.check`. No route leads to them.
 *
 * A *fact* is a statement that two services must agree about: that something was done, and to whom.
 * Both have a set of facts under the same name, each from its own tables, with keys and values in
 * the same form. Facts belong to groups: what the thing was done to. Sets are ordered by group,
 * byte by byte, so that a range of groups means the same to both. Single spaces separate the parts
 * of keys and values. Only the last part of a value may contain spaces.
 */
import { openObject, string } from './answers.ts';
import { line, type ValueOf } from './params.ts';

/** Groups from `low` (null: the first) up to but excluding `high` (null: to the last). */
export interface GroupRange {
  readonly low: string | null;
  readonly high: string | null;
}

export interface Fact {
  readonly group: string;
  readonly key: string;
  /** The version of a replaceable fact; null if it never changes. */
  readonly version: number | null;
  readonly value: string;
  /** Further data of this participant, which are not compared. */
  readonly extra: Readonly<Record<string, unknown>> | null;
}

/**
 * The checksum of a range of facts: the sum of 60 bits of each fact's MD5. Equal checksums mean
 * equal facts.
 */
export interface FactChecksum {
  readonly count: number;
  readonly sum: string;
}

/** The checksum of the first groups from `low` up to but excluding `high`; null: of all of them. */
export interface FactPage extends FactChecksum {
  readonly high: string | null;
}

/**
 * Facts of whole groups, ordered by group. `next` is the first group beyond the limit; null if
 * there is none.
 */
export interface FactList {
  readonly facts: readonly Fact[];
  readonly next: string | null;
}

/** A difference that the reconciliation found. Further fields contain its data. */
export const difference = openObject({
  /** The kind of the difference; stable, such as `charge_missing`. */
  code: string(),
  /** A sentence for people. */
  message: string(),
});
export type Difference = ValueOf<typeof difference>;

/** One step of the checks of a service's own tables. */
export interface CheckPage {
  /** At most `MAX_CHECK_NAMED` of each kind. */
  readonly differences: readonly Difference[];
  /** The number of each kind, by code. */
  readonly counts: Readonly<Record<string, number>>;
  /** The start of the next step; null after the last. */
  readonly next: string | null;
}

/** The delivery progress of a service's outbox. */
export interface Appended {
  /** The position up to which the outbox contains everything that was committed before the call. */
  readonly position: number;
  /** The database's clock; ISO 8601. */
  readonly now: string;
}

/**
 * Whether everything up to that position is published. If so, a consumer that is up to `sequence`
 * in `epoch` has handled all of it.
 */
export interface Published {
  readonly published: boolean;
  readonly epoch: number;
  readonly sequence: number;
}

/** Maximum number of differences of one kind that one step of a check names. */
export const MAX_CHECK_NAMED = 50;
/**
 * Maximum number of facts in one answer: some 300 KB, well below the broker's limit for a message.
 */
export const MAX_FACTS = 2_000;
/** Maximum number of ranges in one request. */
export const MAX_RANGES = 200;

const integer = { type: 'number', integer: true, min: 0 } as const;
const group = { type: 'string', max: 500, nullable: true } as const;
/** ISO 8601. Facts of the hour after it are left out (see `cutAt`). With null none are. */
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
    /** Either the end of the range … */
    high: { ...group, optional: true },
    /** … or the approximate number of facts. */
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
