import { defineAction } from '#schemas/action.ts';
import { session } from '#schemas/answers/session.ts';
import { list } from '#schemas/answers.ts';
import { page } from '#schemas/params.ts';

/** AUTH-8. Refused with `invalid_cursor`. */
export default defineAction({
  action: 'auth.sessions',
  route: 'GET /auth/sessions',
  access: 'person',
  summary: 'Lists the open sessions of the caller, the newest first.',
  params: page,
  answer: list(session),
});
