import { defineAction } from '#schemas/action.ts';
import { id } from '#schemas/params.ts';

/** AUTH-10: a second call changes nothing. */
export default defineAction({
  action: 'auth.revokeServiceAccount',
  route: 'DELETE /service-accounts/:id',
  access: ['admin'],
  status: 204,
  summary: 'Revokes a service account; its token is refused within 5 seconds.',
  params: { id: id() },
  answer: null,
});
