import { defineAction } from '#schemas/action.ts';
import { task } from '#schemas/answers/task.ts';
import { line, optional, text } from '#schemas/params.ts';

/**
 * 200 characters of title, an external id of 64 in brackets before it, and some blanks (TASK-1).
 */
const MAX_RAW_TITLE_LENGTH = 300;
/** In code points. At 4 bytes each they leave a third of an event's 64 KiB. */
const MAX_DESCRIPTION_LENGTH = 10_000;

/** TASK-2. Refused with `nobody_assignable` if no user is assignable. */
export default defineAction({
  action: 'tasks.create',
  route: 'POST /tasks',
  access: 'signed-in',
  status: 201,
  location: '/tasks/:id',
  summary: 'Creates a task and assigns it to a randomly drawn user.',
  details: 'By default each user may create 120 tasks a minute on each node.',
  params: {
    title: line(1, MAX_RAW_TITLE_LENGTH, '[POPUG-1] Wash the cage'),
    description: optional(text(MAX_DESCRIPTION_LENGTH)),
  },
  answer: task,
  problems: ['nobody_assignable'],
});
