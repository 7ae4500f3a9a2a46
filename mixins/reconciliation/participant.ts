/** What a service brings to the reconciliation (ANA-6): sets of facts, and checks of its own tables. */

import type { Tx } from '#mixins/database/database.ts';
import type { CheckPage, FactList, FactPrint, GroupRange } from '#schemas/reconciliation.ts';

export interface FactSet {
  /** The first group that a page of about `limit` facts from `low` on leaves out; null: it leaves out none. Throws where the set has no pages. */
  boundary(tx: Tx, low: string | null, limit: number): Promise<string | null>;
  print(tx: Tx, range: GroupRange, at: string | null): Promise<FactPrint>;
  facts(tx: Tx, ranges: readonly GroupRange[], at: string | null): Promise<FactList>;
}

/** One bounded step behind `after` (null: the first), judged by one statement, so that it holds while others write. */
export type Check = (tx: Tx, after: string | null) => Promise<CheckPage>;

export interface ReconciliationSide {
  readonly sets: Readonly<Record<string, FactSet>>;
  readonly checks: Readonly<Record<string, Check>>;
}
