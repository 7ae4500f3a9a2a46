/**
 * The comparisons of the reconciliation (ANA-6). One service of each pair declares them, one file
 * each: `schemas/comparisons/<left>/<name>.ts`. The checks of its own tables are in
 * `schemas/comparisons/<service>/checks.ts`. Each file has one default export.
 */

/** The form of a set's groups, which determines their order. */
export type Space = 'uuid' | 'owner' | 'line' | 'person' | 'day';

/** A part of a key or a value. */
export interface Field {
  readonly name: string;
  readonly number: boolean;
}

export const text = (name: string): Field => ({ name, number: false });
export const number = (name: string): Field => ({ name, number: true });

/** A set of facts that two services must agree about. */
export interface Comparison {
  /** The name of the set, and the first word of the codes of its differences. */
  readonly name: string;
  /**
   * The owner of the facts. When its events have arrived, the right service must have the same
   * facts, and no others.
   */
  readonly left: string;
  readonly right: string;
  readonly space: Space;
  /** The number of facts of a page. Reading one takes each service about 100 ms. */
  readonly page: number;
  readonly key: readonly Field[];
  /** The last field takes the rest, including spaces. */
  readonly value: readonly Field[];
  /** The name of a fact, with the fields of its key in braces. */
  readonly noun: string;
  /** The invariant that each difference breaks, as the metrics name it. Default: none. */
  readonly invariant?: string;
}

/** The checks of a service's own tables. */
export interface Checks {
  readonly service: string;
  /** The names of the checks, in the order in which they run. */
  readonly checks: readonly string[];
  /** The invariants that the metrics name, by the codes of the differences that break them. */
  readonly invariants?: Readonly<Record<string, string>>;
}

export function defineComparison(comparison: Comparison): Comparison {
  return comparison;
}

export function defineChecks(checks: Checks): Checks {
  return checks;
}
