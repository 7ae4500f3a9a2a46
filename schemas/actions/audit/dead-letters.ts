import { defineAction } from '#schemas/action.ts';
import { deadLetterPage } from '#schemas/answers/dead-letter.ts';
import { line, optional, page } from '#schemas/params.ts';

/**
 * FAIL-3: the open dead letters, or those with another `status`. `missing` names the services that
 * do not answer, whose dead letters are not in the list. Refused with `service_unavailable` when
 * none answers.
 */
export default defineAction({
  action: 'audit.deadLetters',
  route: 'GET /dead-letters',
  access: ['admin'],
  summary: 'Lists the dead letters of all services, the newest first, filtered by status and cause.',
  params: {
    ...page,
    status: { type: 'enum', values: ['open', 'redriven', 'discarded'], default: 'open' },
    service: optional(line(1, 100)),
    consumer: optional(line(1, 100)),
    type: optional(line(1, 500)),
    code: optional(line(1, 100)),
  },
  answer: deadLetterPage,
});
