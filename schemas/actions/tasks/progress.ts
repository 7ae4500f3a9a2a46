import { defineAction } from '#schemas/action.ts';
import { id } from '#schemas/params.ts';

export default defineAction({
  action: 'tasks.progress',
  route: 'GET /tasks/shuffles/:id',
  access: ['manager', 'admin'],
  status: 200,
  summary: 'Shows the progress of a shuffle.',
  params: { $$strict: true, id: id() },
});
