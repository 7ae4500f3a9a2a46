import { defineAction } from '#schemas/action.ts';
import { id } from '#schemas/params.ts';

/** AUTH-8. A session of somebody else, or one that is over, is `not_found`. */
export default defineAction({
  action: 'auth.endSession',
  route: 'DELETE /auth/sessions/:id',
  access: 'person',
  status: 204,
  summary: 'Ends a session of the caller; its access tokens are refused within 5 seconds.',
  params: { id: id() },
  answer: null,
});
