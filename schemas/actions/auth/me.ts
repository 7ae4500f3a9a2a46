import { defineAction } from '#schemas/action.ts';

export default defineAction({
  action: 'auth.me',
  route: 'GET /auth/me',
  access: 'signed-in',
  summary: 'Shows the account of the caller.',
});
