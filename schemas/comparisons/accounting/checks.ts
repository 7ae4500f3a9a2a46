import { defineChecks } from '#schemas/comparison.ts';

export default defineChecks({
  service: 'accounting',
  checks: ['journal', 'chain', 'balances', 'close'],
  invariants: {
    posting_unbalanced: 'entries_sum_to_zero',
    line_out_of_chain: 'balances_are_sums_of_entries',
    balance_wrong: 'balances_are_sums_of_entries',
  },
});
