import { defineAction } from '#schemas/action.ts';
import { id } from '#schemas/params.ts';

/** FAIL-3: refused with `not_found`, or `service_unavailable` where a service that may have it does not answer. */
export default defineAction({
  action: 'audit.deadLetter',
  route: 'GET /dead-letters/:id',
  access: ['admin'],
  status: 200,
  summary: 'Shows an event that was set aside: why, its headers, its data as far as they can be read.',
  params: { $$strict: true, id: id() },
});
