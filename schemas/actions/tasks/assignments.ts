import { defineAction } from '#schemas/action.ts';
import { id, page } from '#schemas/params.ts';

/** The history of a task's assignments (TASK-10). */
export default defineAction({
  action: 'tasks.assignments',
  route: 'GET /tasks/:id/assignments',
  access: 'signed-in',
  summary:
    'Lists the assignments of a task, oldest first, each with the shuffle that caused it (null: its creation).',
  params: { ...page, id: id() },
});
