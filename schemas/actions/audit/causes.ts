import { defineAction } from '#schemas/action.ts';
import { deadLetterCausePage } from '#schemas/answers/dead-letter-cause.ts';
import { page } from '#schemas/params.ts';

/** FAIL-3. As in `GET /dead-letters`, `missing` names the services that do not answer. */
export default defineAction({
  action: 'audit.causes',
  route: 'GET /dead-letters/causes',
  access: ['admin'],
  summary: 'Lists the causes of open dead letters, by service, consumer, type and code.',
  params: page,
  answer: deadLetterCausePage,
});
