import { defineAction } from '#schemas/action.ts';
import { deadLetterJob } from '#schemas/answers/dead-letter-cause.ts';
import { id } from '#schemas/params.ts';

/**
 * FAIL-3. Refused with `service_unavailable` if a service that may have the job does not answer.
 */
export default defineAction({
  action: 'audit.job',
  route: 'GET /dead-letters/jobs/:id',
  access: ['admin'],
  summary: 'Shows how far a job is that redrives or discards the dead letters of a cause.',
  params: { id: id() },
  answer: deadLetterJob,
});
