import { defineAction } from '#schemas/action.ts';
import { deadLetter } from '#schemas/answers/dead-letter.ts';
import { id } from '#schemas/params.ts';

/**
 * FAIL-3: refused with `not_found`, or with `service_unavailable` when a service that may have it
 * does not answer.
 */
export default defineAction({
  action: 'audit.deadLetter',
  route: 'GET /dead-letters/:id',
  access: ['admin'],
  summary: 'Shows a dead letter: its reason, its headers, and its data as far as they can be read.',
  params: { id: id() },
  answer: deadLetter,
});
