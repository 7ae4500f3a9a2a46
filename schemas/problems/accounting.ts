import { day } from '#schemas/answers/day.ts';
import { object } from '#schemas/answers.ts';
import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  own_account: {
    status: 403,
    title: 'Nobody may adjust their own account',
    meaning: 'An adjustment changes the balance of an account, and this account is your own.',
    remedy: 'Ask another accountant or admin to adjust it.',
  },
  day_not_begun: {
    status: 409,
    title: 'The business day has not begun',
    meaning: 'Only the open business day and earlier ones can be closed, and this one comes later.',
    remedy: 'Close the open day first.',
  },
  day_changed: {
    status: 409,
    title: 'The payouts of the day have changed',
    meaning: 'The close would pay other people or amounts than `expected` says. Nothing was changed.',
    remedy: 'Look at the new figures in `day`, and send them as `expected`, or leave it out.',
    members: { day: object(day) },
  },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
