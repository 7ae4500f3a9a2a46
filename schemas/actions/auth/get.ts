import { defineAction } from '#schemas/action.ts';
import { user } from '#schemas/answers/user.ts';
import { id } from '#schemas/params.ts';

export default defineAction({
  action: 'auth.get',
  route: 'GET /users/:id',
  access: ['admin', 'manager'],
  summary: 'Shows an account.',
  params: { id: id() },
  answer: user,
});
