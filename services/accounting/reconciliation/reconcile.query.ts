/** Accounting's part of the reconciliation (ANA-6). */
import type { FactSet, Participant } from '#mixins/reconciliation/participant.ts';
import type { Fact } from '#schemas/reconciliation.ts';
import { payoutIdOf } from '../days/payout.ts';
import { accountingChecks } from './reconcile-checks.store.ts';
import { checkClose } from './reconcile-close.store.ts';
import { accountingSets } from './reconcile-facts.store.ts';

/** Other services know a payout by this id. */
function withPayoutId(fact: Fact): Fact {
  return { ...fact, extra: { payoutId: payoutIdOf(String(fact.extra?.key)) } };
}

function named(payouts: FactSet): FactSet {
  return {
    ...payouts,
    async facts(tx, ranges, at) {
      const { facts, next } = await payouts.facts(tx, ranges, at);
      return { facts: facts.map(withPayoutId), next };
    },
  };
}

export const participant: Participant = {
  sets: { ...accountingSets, payout_mail: named(accountingSets.payout_mail) },
  checks: { ...accountingChecks, close: checkClose },
};
