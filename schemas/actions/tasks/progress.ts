import { defineAction } from '#schemas/action.ts';
import { id } from '#schemas/params.ts';

export default defineAction({
  action: 'tasks.progress',
  route: 'GET /tasks/shuffles/:id',
  access: ['manager', 'admin'],
  status: 200,
  summary: 'Shows how far a shuffle is.',
  params: { $$strict: true, id: id() },
});
