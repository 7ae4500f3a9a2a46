import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  own_account: { status: 403, title: 'Nobody may adjust their own account' },
  day_not_begun: { status: 409, title: 'The business day has not begun' },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
