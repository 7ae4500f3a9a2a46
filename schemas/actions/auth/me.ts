import { defineAction } from '#schemas/action.ts';
import { user } from '#schemas/answers/user.ts';

export default defineAction({
  action: 'auth.me',
  route: 'GET /auth/me',
  access: 'person',
  summary: 'Shows the account of the caller.',
  answer: user,
  problems: ['not_found'],
});
