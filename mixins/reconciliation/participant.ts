/** A participant of the reconciliation (ANA-6): sets of facts, and checks of its own tables. */
import type { Tx } from '#mixins/database/database.ts';
import type { CheckPage, FactChecksum, FactList, GroupRange } from '#schemas/reconciliation.ts';

export interface FactSet {
  /**
   * The first group after a page of about `limit` facts from `low` on; null if no facts are left
   * out. Throws if the set has no pages.
   */
  boundary(tx: Tx, low: string | null, limit: number): Promise<string | null>;
  checksum(tx: Tx, range: GroupRange, at: string | null): Promise<FactChecksum>;
  facts(tx: Tx, ranges: readonly GroupRange[], at: string | null): Promise<FactList>;
}

/**
 * One bounded step after `after` (null: the first). It is one statement, so its result is
 * consistent while others write.
 */
export type Check = (tx: Tx, after: string | null) => Promise<CheckPage>;

export interface Participant {
  readonly sets: Readonly<Record<string, FactSet>>;
  readonly checks: Readonly<Record<string, Check>>;
}
