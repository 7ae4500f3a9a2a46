/** The part of tasks in the reconciliation (ANA-6). */
import type { Tx } from '#mixins/database/database.ts';
import type { Participant } from '#mixins/reconciliation/participant.ts';
import { type Fact, type FactList, type GroupRange, MAX_FACTS } from '#schemas/reconciliation.ts';
import { countByAssignee } from '../shuffles/run-shuffle.handler.ts';
import { checkHistory, digestChecksums, shufflesIn, taskSets } from './reconcile.store.ts';

/** Maximum number of shuffles that one answer draws again. A million tasks take a second. */
const SHUFFLES_AN_ANSWER = 3;

/** The number of tasks that each shuffle drew for each person. Groups are `<shuffle> <person>`. */
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

export const participant: Participant = {
  sets: { ...taskSets, digest: { ...digestChecksums, facts: digestFacts } },
  checks: { history: checkHistory },
};
