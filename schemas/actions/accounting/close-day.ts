import { defineAction } from '#schemas/action.ts';
import { day } from '#schemas/answers/day.ts';
import { object, sum } from '#schemas/answers.ts';
import { businessDay, optional, whole } from '#schemas/params.ts';

/**
 * ACC-6. Answered with 200 when the day is closed, or for a preview; with 202 while its payouts are
 * being booked and sealed. Closing the open day ends it immediately. A closed day does not change.
 * Refused with `validation_failed`, `not_found` (before the first day) or `day_not_begun`. A
 * preview contains the payouts that a close would make now.
 *
 * With `expected`, usually the figures of a preview, the day is ended only if the close would pay
 * exactly that at this moment. Otherwise `day_changed`, whose `day` has the new figures. A preview
 * ignores it.
 */
export default defineAction({
  action: 'accounting.closeDay',
  route: 'POST /accounting/days/:day/close',
  access: ['accountant', 'admin'],
  otherStatus: 202,
  location: '/accounting/days/:businessDay',
  summary:
    'Closes a business day: pays every known employee with a positive balance; `dryRun` only previews the payouts. With `expected` it is closed only if these are its payouts.',
  details:
    'The answer is 200 for a rehearsal, and when the day is closed; until its payouts are booked and sealed it is 202, and the day at `Location` shows the progress. Closing the open day ends it at once: later lines are booked on the next day. A repeated close changes nothing.',
  params: {
    day: businessDay(),
    dryRun: optional({ type: 'boolean' }),
    expected: optional(object({ payouts: whole(0), totalPaid: sum() })),
  },
  answer: day,
  problems: ['day_not_begun', 'day_changed'],
});
