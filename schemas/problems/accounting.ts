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
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
