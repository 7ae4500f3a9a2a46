/**
 * What the reconciliation compares (ANA-6). A service of each pair declares their comparisons, one
 * file each: `schemas/comparisons/<left>/<name>.ts`. What it finds wrong within its own tables
 * stands in `schemas/comparisons/<service>/checks.ts`. Each file has one default export.
 */

/** How groups of a set are written, and hence which one follows another. */
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
  /** How many facts a page has: reading one takes each service some 100 ms. */
  readonly page: number;
  readonly key: readonly Field[];
  /** The last field takes the rest, with its spaces. */
  readonly value: readonly Field[];
  /** What a fact is called, with the fields of its key in braces. */
  readonly noun: string;
}

/** What a service finds wrong within its own tables. */
export interface Checks {
  readonly service: string;
  /** The names of its checks, in the order in which they run. */
  readonly checks: readonly string[];
}

export function defineComparison(comparison: Comparison): Comparison {
  return comparison;
}

export function defineChecks(checks: Checks): Checks {
  return checks;
}
