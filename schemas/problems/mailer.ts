import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  mail_not_failed: { status: 409, title: 'Only a mail that failed can be sent again' },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
