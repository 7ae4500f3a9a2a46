import { defineAction } from '#schemas/action.ts';
import { person } from '#schemas/answers/task.ts';
import { list, nullable, time } from '#schemas/answers.ts';
import { id, page, whole } from '#schemas/params.ts';

/** The history of a task's assignments (TASK-10). */
export default defineAction({
  action: 'tasks.assignments',
  route: 'GET /tasks/:id/assignments',
  access: 'signed-in',
  summary:
    'Lists the assignments of a task, oldest first, each with the shuffle that caused it (null: its creation).',
  params: { ...page, id: id() },
  answer: list({
    /** The version of the task that this assignment made. */
    version: whole(1),
    assignee: person,
    shuffleId: nullable(id()),
    assignedAt: time(),
  }),
});
