import { defineAction } from '#schemas/action.ts';

/** AUTH-8. */
export default defineAction({
  action: 'auth.endSessions',
  route: 'DELETE /auth/sessions',
  access: 'person',
  status: 204,
  summary: 'Ends all sessions of the caller but the one that the request belongs to.',
  answer: null,
});
