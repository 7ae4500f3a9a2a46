import { defineAction } from '#schemas/action.ts';
import { task } from '#schemas/answers/task.ts';
import { id } from '#schemas/params.ts';

/** TASK-7: refused with `not_found`, `not_your_task` or `task_already_done`, in this order. */
export default defineAction({
  action: 'tasks.complete',
  route: 'POST /tasks/:id/complete',
  access: 'signed-in',
  summary: 'Completes a task of the caller.',
  params: { id: id() },
  answer: task,
  problems: ['not_your_task', 'task_already_done', 'conflict'],
});
