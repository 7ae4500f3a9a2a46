import { defineAction } from '#schemas/action.ts';
import { id } from '#schemas/params.ts';

/** AUTH-8. A session of another account, or one that is over, is `not_found`. */
export default defineAction({
  action: 'auth.endSessionOfUser',
  route: 'DELETE /users/:id/sessions/:sessionId',
  access: ['admin'],
  status: 204,
  summary: 'Ends a session of an account; its access tokens are refused within 5 seconds.',
  params: { id: id(), sessionId: id() },
  answer: null,
});
