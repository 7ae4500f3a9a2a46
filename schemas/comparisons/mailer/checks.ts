import { defineChecks } from '#schemas/comparison.ts';

export default defineChecks({ service: 'mailer', checks: ['mails', 'unsent', 'unmade'] });
