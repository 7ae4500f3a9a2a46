import { defineAction } from '#schemas/action.ts';
import { boolean, object } from '#schemas/answers.ts';
import { whole } from '#schemas/params.ts';

/**
 * The highest number that is counted, so that an answer takes milliseconds however many tasks
 * exist.
 */
export const MAX_COUNT = 10_000;

/** `capped`: there are more than this. */
const count = object({ count: whole(0, MAX_COUNT), capped: boolean() });

/** TASK-8. */
export default defineAction({
  action: 'tasks.counts',
  route: 'GET /tasks/counts',
  access: 'signed-in',
  summary: 'Counts open tasks, open tasks of the caller, done tasks, and assignable people, to 10,000 each.',
  answer: {
    open: count,
    /** Open tasks of the caller. */
    mine: count,
    done: count,
    /** People among whom assignees are drawn (TASK-3). */
    assignable: count,
  },
});
