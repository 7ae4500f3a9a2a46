import { defineAction } from '#schemas/action.ts';
import { id, line } from '#schemas/params.ts';

/** FAIL-3: asked again, it answers the same, with the first reason. Refused with `not_found` or `conflict` (it was redriven). */
export default defineAction({
  action: 'audit.discard',
  route: 'POST /dead-letters/:id/discard',
  access: ['admin'],
  status: 200,
  summary: 'Gives up an event that was set aside, for a reason; what waited behind it goes on.',
  params: { $$strict: true, id: id(), reason: line(1, 500) },
});
