import { defineChecks } from '#schemas/comparison.ts';

export default defineChecks({ service: 'tasks', checks: ['history'] });
