import { defineAction } from '#schemas/action.ts';
import { id } from '#schemas/params.ts';

export default defineAction({
  action: 'tasks.get',
  route: 'GET /tasks/:id',
  access: 'signed-in',
  status: 200,
  summary: 'Shows a task.',
  params: { $$strict: true, id: id() },
});
