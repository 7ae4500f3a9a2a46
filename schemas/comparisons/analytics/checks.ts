import { defineChecks } from '#schemas/comparison.ts';

export default defineChecks({ service: 'analytics', checks: ['days', 'below-zero', 'employee-days'] });
