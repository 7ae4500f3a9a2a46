import { defineAction } from '#schemas/action.ts';
import { deadLetterJob } from '#schemas/answers/dead-letter-cause.ts';
import { line, optional } from '#schemas/params.ts';

/** FAIL-3: covers the dead letters that are open now. `type` is null for messages without one. */
export default defineAction({
  action: 'audit.discards',
  route: 'POST /dead-letters/discards',
  access: ['admin'],
  status: 202,
  location: '/dead-letters/jobs/:id',
  summary: 'Starts a job that discards all open dead letters of a cause, with a reason.',
  params: {
    service: line(1, 100, 'accounting'),
    consumer: line(1, 100, 'accounting-tasks'),
    type: optional({ ...line(1, 500, 'tasks.task.created.v1'), nullable: true }),
    code: line(1, 100, '23514'),
    reason: line(1, 500),
  },
  answer: deadLetterJob,
});
