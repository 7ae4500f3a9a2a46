import { defineAction } from '#schemas/action.ts';
import { id } from '#schemas/params.ts';

/** AUTH-8. Refused with `not_found` for an unknown account. */
export default defineAction({
  action: 'auth.endSessionsOfUser',
  route: 'DELETE /users/:id/sessions',
  access: ['admin'],
  status: 204,
  summary: 'Ends all sessions of an account; their access tokens are refused within 5 seconds.',
  params: { id: id() },
  answer: null,
});
