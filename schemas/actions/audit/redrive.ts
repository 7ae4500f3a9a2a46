import { defineAction } from '#schemas/action.ts';
import { id } from '#schemas/params.ts';

/**
 * FAIL-3: takes effect once; asked again, it answers the same. Refused with `not_found`, `redrive_failed` (the event failed again, the
 * letter stays open and says why), `conflict` (it was discarded, its consumer is gone, an earlier version of its aggregate comes first).
 */
export default defineAction({
  action: 'audit.redrive',
  route: 'POST /dead-letters/:id/redrive',
  access: ['admin'],
  status: 200,
  summary: 'Hands an event that was set aside to its consumer again.',
  params: { $$strict: true, id: id() },
});
