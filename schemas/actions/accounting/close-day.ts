import { defineAction } from '#schemas/action.ts';
import { businessDay, optional } from '#schemas/params.ts';

/**
 * ACC-6: answered with 200 when the day is closed, or rehearsed; with 202 while its payouts are still being booked and sealed. Closing the
 * open day ends it there and then; what was closed stays as it is. Refused with `validation_failed`, `not_found` (before the first day)
 * or `day_not_begun`. A rehearsal gives the payouts that a close would make now.
 */
export default defineAction({
  action: 'accounting.closeDay',
  route: 'POST /accounting/days/:day/close',
  access: ['accountant', 'admin'],
  status: 200,
  summary:
    'Closes a business day: pays every employee who is known and whose balance is positive; with `dryRun`, only tells whom.',
  params: { $$strict: true, day: businessDay(), dryRun: optional({ type: 'boolean' }) },
});
