import { defineAction } from '#schemas/action.ts';
import { task } from '#schemas/answers/task.ts';
import { id } from '#schemas/params.ts';

export default defineAction({
  action: 'tasks.get',
  route: 'GET /tasks/:id',
  access: 'signed-in',
  summary: 'Shows a task.',
  params: { id: id() },
  answer: task,
});
