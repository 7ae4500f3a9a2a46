import { defineAction } from '#schemas/action.ts';
import { deadLetter } from '#schemas/answers/dead-letter.ts';
import { id } from '#schemas/params.ts';

/**
 * FAIL-3: takes effect once; a repeated call answers the same.
 *
 * - Refused with `not_found`.
 * - Refused with `redrive_failed` when the event failed again: it stays open, with the new reason.
 * - Refused with `conflict` when it was discarded, its consumer is gone, or an earlier version of
 *   its aggregate must come first.
 */
export default defineAction({
  action: 'audit.redrive',
  route: 'POST /dead-letters/:id/redrive',
  access: ['admin'],
  summary: 'Delivers a dead letter to its consumer again.',
  params: { id: id() },
  answer: deadLetter,
  problems: ['redrive_failed', 'conflict'],
});
