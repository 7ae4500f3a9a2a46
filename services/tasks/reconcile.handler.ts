/** The part of tasks in the reconciliation (ANA-6). */
import type { Tx } from '#mixins/database/database.ts';
import type { ReconciliationSide } from '#mixins/reconciliation/side.ts';
import { type Fact, type FactList, type GroupRange, MAX_FACTS } from '#schemas/reconciliation.ts';
import { checkHistory, digestPrints, shufflesIn, taskSets } from './reconcile.store.ts';
import { countByAssignee } from './shuffles/run-shuffle.handler.ts';

/** Shuffles that are drawn again for one answer: that takes a second for a million tasks. */
const SHUFFLES_AN_ANSWER = 3;

/** Whom shuffles drew, for how many tasks each: groups are `<shuffle> <person>`. */
async function digestFacts(tx: Tx, ranges: readonly GroupRange[]): Promise<FactList> {
  const facts: Fact[] = [];
  const shuffles = await shufflesIn(tx, ranges, SHUFFLES_AN_ANSWER + 1);
  for (const [index, id] of shuffles.entries()) {
    if (index === SHUFFLES_AN_ANSWER) return { facts, next: id };
    for (const [assigneeId, drawn] of [...(await countByAssignee(tx, id))].sort()) {
      const group = `${id} ${assigneeId}`;
      if (!ranges.some((range) => isIn(range, group))) continue;
      if (facts.length === MAX_FACTS) return { facts, next: group };
      facts.push({ group, key: group, version: null, value: String(drawn), extra: null });
    }
  }
  return { facts, next: null };
}

function isIn({ low, high }: GroupRange, group: string): boolean {
  return (low === null || group >= low) && (high === null || group < high);
}

export const participant: ReconciliationSide = {
  sets: { ...taskSets, digest: { ...digestPrints, facts: digestFacts } },
  checks: { history: checkHistory },
};
