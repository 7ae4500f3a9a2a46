import { defineAction } from '#schemas/action.ts';
import { session } from '#schemas/answers/session.ts';
import { list } from '#schemas/answers.ts';
import { id, page } from '#schemas/params.ts';

/** AUTH-8. Refused with `not_found` for an unknown account, and with `invalid_cursor`. */
export default defineAction({
  action: 'auth.sessionsOfUser',
  route: 'GET /users/:id/sessions',
  access: ['admin'],
  summary: 'Lists the open sessions of an account, the newest first.',
  params: { ...page, id: id() },
  answer: list(session),
});
