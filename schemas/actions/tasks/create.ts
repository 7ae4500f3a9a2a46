import { defineAction } from '#schemas/action.ts';
import { line, optional, text } from '#schemas/params.ts';

/** Two hundred characters of title and an external id of 64 in brackets before it, with some blanks (TASK-1). */
const MAX_RAW_TITLE_LENGTH = 300;
const MAX_DESCRIPTION_LENGTH = 10_000;

/** TASK-2: refused with `nobody_assignable` where there is nobody to assign it to. */
export default defineAction({
  action: 'tasks.create',
  route: 'POST /tasks',
  access: 'signed-in',
  status: 201,
  summary: 'Creates a task and assigns it to somebody drawn by lot.',
  params: {
    $$strict: true,
    title: line(1, MAX_RAW_TITLE_LENGTH),
    description: optional(text(MAX_DESCRIPTION_LENGTH)),
  },
});
