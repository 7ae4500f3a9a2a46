import { defineChecks } from '#schemas/comparison.ts';

export default defineChecks({ service: 'accounting', checks: ['journal', 'chain', 'balances', 'close'] });
