import { defineAction } from '#schemas/action.ts';
import { line, optional, page } from '#schemas/params.ts';

/**
 * FAIL-3: open letters unless another `status` is asked for. Services that do not answer now are named in `missing`: their letters are
 * not in the list. Where none answers: `service_unavailable`.
 */
export default defineAction({
  action: 'audit.deadLetters',
  route: 'GET /dead-letters',
  access: ['admin'],
  status: 200,
  summary: 'Lists the events that any service has set aside, the newest first.',
  params: {
    $$strict: true,
    ...page,
    status: { type: 'enum', values: ['open', 'redriven', 'discarded'], default: 'open' },
    service: optional(line(1, 100)),
  },
});
