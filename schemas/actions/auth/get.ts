import { defineAction } from '../../action.ts';
import { id } from '../../params.ts';

export default defineAction({
  action: 'auth.get',
  route: 'GET /users/:id',
  access: ['admin', 'manager'],
  status: 200,
  summary: 'Shows an account.',
  params: { $$strict: true, id: id() },
});
