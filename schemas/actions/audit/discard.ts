import { defineAction } from '#schemas/action.ts';
import { deadLetter } from '#schemas/answers/dead-letter.ts';
import { id, line } from '#schemas/params.ts';

/**
 * FAIL-3: a repeated call answers the same, with the first reason. Refused with `not_found` or
 * `conflict` (it was redriven).
 */
export default defineAction({
  action: 'audit.discard',
  route: 'POST /dead-letters/:id/discard',
  access: ['admin'],
  summary: 'Discards a dead letter with a reason; events that it blocked are processed.',
  params: { id: id(), reason: line(1, 500) },
  answer: deadLetter,
  problems: ['conflict'],
});
